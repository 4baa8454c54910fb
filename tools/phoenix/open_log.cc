#include "tools/phoenix/open_log.h"

#include <cstdint>
#include <utility>

#include "libs/base/text.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/kafka/kafka_log.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/pipeline/sink_queue.h"

namespace phoenix {
namespace {

EmbeddedLogOptions OptionsOf(const PipelineLog& log,
                             const std::string& pipeline) {
  EmbeddedLogOptions options;
  options.folder = log.path;
  options.pipeline = pipeline;
  options.durability = log.durability;
  options.full_policy = log.when_full;
  options.compression = log.compression;
  options.max_bytes = static_cast<uint64_t>(log.max_bytes);
  options.retain_bytes = static_cast<uint64_t>(log.retain_bytes);
  options.retain_age = log.retain_time;
  options.max_queued_bytes = PipelineLog::kMaxQueuedBytes;
  options.recent_bytes = PipelineLog::kRecentBytes;
  return options;
}

EmbeddedLogOptions OptionsOf(const SinkSpillLimits& spill,
                             FullQueue when_full) {
  EmbeddedLogOptions options;
  options.folder = spill.path;
  options.keep_identity = true;
  options.durability = spill.durability;
  options.full_policy = when_full == FullQueue::kDropOldest
                            ? FullPolicy::kDropOldest
                            : FullPolicy::kBlock;
  options.compression = spill.compression;
  options.max_bytes = static_cast<uint64_t>(spill.max_bytes);
  options.max_queued_bytes = SinkSpillLimits::kMaxQueuedBytes;
  options.recent_bytes = SinkSpillLimits::kRecentBytes;
  return options;
}

}  // namespace

std::string SinkLogName(std::string_view pipeline, std::string_view sink) {
  return Cat(pipeline, "/", sink);
}

absl::StatusOr<std::unique_ptr<Log>> OpenSinkLog(const std::string& pipeline,
                                                 const CompiledSink& sink) {
  EmbeddedLogOptions options =
      OptionsOf(*sink.queue.spill, sink.queue.when_full);
  options.pipeline = SinkLogName(pipeline, sink.name);
  return EmbeddedLog::Open(options);
}

LogOpener LogOpenerOf(const CompiledPipeline& pipeline) {
  if (!pipeline.log.has_value()) return nullptr;
  if (pipeline.log->kafka != nullptr) {
    return
        [options =
             *pipeline.log->kafka]() -> absl::StatusOr<std::unique_ptr<Log>> {
          return KafkaLog::Open(options);
        };
  }
  return [options = OptionsOf(*pipeline.log, pipeline.name)]()
             -> absl::StatusOr<std::unique_ptr<Log>> {
    return EmbeddedLog::Open(options);
  };
}

}  // namespace phoenix
