#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

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
