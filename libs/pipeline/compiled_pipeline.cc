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

int64_t CompiledPipeline::MemoryBoundBytes() const {
  int64_t bytes = limits.buffer_bytes;
  for (const CompiledSink& sink : sinks) {
    bytes += limits.sink_queue_bytes +
             static_cast<int64_t>(sink.sink->max_memory_bytes());
  }
  return bytes;
}

}  // namespace phoenix
