#include "libs/pipeline/compiled_pipeline.h"

#include <algorithm>

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
