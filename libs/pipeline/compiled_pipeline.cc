#include "libs/pipeline/compiled_pipeline.h"

#include <algorithm>

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

std::optional<Durability> WeakestQueue(const CompiledPipeline& pipeline) {
  std::optional<Durability> weakest;
  for (const CompiledSink& sink : pipeline.sinks) {
    if (!sink.queue.spill) continue;
    const Durability durability = sink.queue.spill->durability;
    weakest = std::min(durability, weakest.value_or(durability));
  }
  return weakest;
}

}  // namespace phoenix
