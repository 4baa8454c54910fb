#include "libs/pipeline/compiled_pipeline.h"

#include "libs/base/text.h"

namespace phoenix {

std::string DefaultDeadLetterSink(std::string_view pipeline) {
  return Cat(pipeline, ".dead-letters");
}

std::string DefaultDeadLetterPath(std::string_view pipeline) {
  return Cat(DefaultDeadLetterSink(pipeline), ".db");
}

std::string_view OnErrorName(OnError on_error) {
  switch (on_error) {
    case OnError::kDeadLetter:
      return "dead_letter";
    case OnError::kDrop:
      return "drop";
    case OnError::kKeep:
      return "keep";
  }
  return "";
}

}  // namespace phoenix
