#ifndef LIBS_PIPELINE_SINK_QUEUE_H_
#define LIBS_PIPELINE_SINK_QUEUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/log/embedded/record_header.h"
#include "libs/log/log.h"

namespace phoenix {

// What becomes of new events for a sink whose queue is full, in memory and,
// where it has files, on disk.
enum class FullQueue {
  kBlock,       // They wait, and who offers them does.
  kDeadLetter,  // They go to the dead-letter sink.
  kDropNewest,  // They are dropped.
  kDropOldest,  // The oldest on disk are dropped; needs files.
};

// `block`, `dead_letter`, `drop_newest` or `drop_oldest`.
constexpr std::string_view FullQueueName(FullQueue when_full) {
  switch (when_full) {
    case FullQueue::kBlock:
      return "block";
    case FullQueue::kDeadLetter:
      return "dead_letter";
    case FullQueue::kDropNewest:
      return "drop_newest";
    case FullQueue::kDropOldest:
      return "drop_oldest";
  }
  return "";
}

// The part of a sink's queue that is on disk, with all defaults filled in.
struct SinkSpillLimits {
  // What waits in memory to become durable, and the last entries, kept for a
  // reader that is close behind: both bounds, in bytes. Small beside those of
  // the pipeline's log, since every sink may have such files.
  static constexpr int64_t kMaxQueuedBytes = 8 << 20;
  static constexpr int64_t kRecentBytes = 4 << 20;

  std::string path = {};
  int64_t max_bytes = 1 << 30;
  Compression compression = Compression::kNone;
  Durability durability = Durability::kDisk;
};

// The `queue` section of a sink, with all defaults filled in.
struct SinkQueueLimits {
  int64_t bytes = 16 << 20;  // In memory.
  FullQueue when_full = FullQueue::kBlock;
  std::optional<SinkSpillLimits> spill = {};
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SINK_QUEUE_H_
