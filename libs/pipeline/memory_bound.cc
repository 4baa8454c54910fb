#include "libs/pipeline/memory_bound.h"

#include <algorithm>
#include <utility>

#include "libs/base/buffer_memory.h"
#include "libs/base/text.h"
#include "libs/component/dead_letter_count.h"
#include "libs/kafka/topic_snapshot.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/pipeline/pipeline_log.h"
#include "libs/pipeline/sink_queue.h"

namespace phoenix {
namespace {

// In work are, beside the batch itself, its successor and its columns.
constexpr int64_t kBatchesInWork = 2;

// What waits for the log is there as it came and as it will be stored.
constexpr int64_t kCopiesInQueue = 2;

// Of a log in Kafka there is what waits, as it came and as it will be stored,
// and what was fetched, as it came and as it was decoded; the largest message
// beside each.
int64_t LogBytes(const PipelineLog& log, int64_t batch) {
  if (log.kafka == nullptr) {
    return std::max(PipelineLog::kMaxQueuedBytes, batch) * kCopiesInQueue +
           PipelineLog::kRecentBytes;
  }
  const auto queued = static_cast<int64_t>(log.kafka->max_queued_bytes);
  const auto fetched = static_cast<int64_t>(log.kafka->max_buffer_bytes);
  return std::max(queued, batch) * kCopiesInQueue +
         (fetched + batch) * kCopiesInQueue;
}

int64_t LargestBatchBytes(const CompiledPipeline& pipeline) {
  size_t bytes = 0;
  for (const CompiledSource& source : pipeline.sources) {
    bytes = std::max(bytes, source.source->max_batch_bytes());
  }
  return static_cast<int64_t>(bytes);
}

// Beside what the log of a pipeline has, the entry that was read last and waits
// for room.
int64_t SpillBytes(int64_t batch) {
  return std::max(SinkSpillLimits::kMaxQueuedBytes, batch) * kCopiesInQueue +
         SinkSpillLimits::kRecentBytes + batch;
}

// Dead letters in a topic are fetched to be counted, for those who ask for
// metrics.
int64_t LetterCountBytes(const CompiledPipeline& pipeline) {
  if (pipeline.sinks[pipeline.dead_letter].kind != "kafka" ||
      pipeline.admin_address.empty()) {
    return 0;
  }
  return static_cast<int64_t>(DeadLetterCount::kMaxBytes +
                              SnapshotReader::kMaxBufferBytes);
}

}  // namespace

std::vector<MemoryPart> MemoryParts(const CompiledPipeline& pipeline,
                                    int lane_count) {
  std::vector<MemoryPart> parts;
  const auto add = [&parts](std::string name, int64_t bytes) {
    if (bytes > 0) parts.push_back({std::move(name), bytes});
  };
  const int64_t batch = LargestBatchBytes(pipeline);
  const int64_t in_flight = std::max(pipeline.limits.buffer_bytes, batch);
  for (const CompiledSource& source : pipeline.sources) {
    add(Cat("source ", source.name),
        static_cast<int64_t>(source.source->max_memory_bytes()));
  }
  if (pipeline.log.has_value()) {
    add("log", LogBytes(*pipeline.log, batch));
  }
  add("events in flight", in_flight);
  add("lanes", lane_count * kBatchesInWork * batch);
  for (const CompiledStep& step : pipeline.steps) {
    add(Cat("step ", step.name),
        static_cast<int64_t>(step.op->max_memory_bytes()));
  }
  for (const CompiledSink& sink : pipeline.sinks) {
    add(Cat("sink ", sink.name),
        std::max(sink.queue.bytes, batch) +
            static_cast<int64_t>(sink.sink->max_memory_bytes()));
    if (sink.queue.spill.has_value()) {
      add(Cat("queue files of ", sink.name), SpillBytes(batch));
    }
  }
  add("dead letters that wait", in_flight);
  add("count of dead letters", LetterCountBytes(pipeline));
  add("program", kProgramBytes);
  add("freed memory", static_cast<int64_t>(MaxKeptBytes()));
  return parts;
}

int64_t MemoryBoundBytes(const std::vector<MemoryPart>& parts) {
  int64_t bytes = 0;
  for (const MemoryPart& part : parts) bytes += part.bytes;
  return bytes;
}

}  // namespace phoenix
