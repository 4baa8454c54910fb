#ifndef LIBS_PIPELINE_PIPELINE_LOG_H_
#define LIBS_PIPELINE_PIPELINE_LOG_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "libs/log/embedded/record_header.h"
#include "libs/log/log.h"

namespace phoenix {

struct KafkaLogOptions;

// The `log` section of a pipeline file, with all defaults filled in.
struct PipelineLog {
  // Of a log in files: what waits in memory to become durable, and the last
  // entries, kept for a reader that is close behind: both bounds, in bytes.
  static constexpr int64_t kMaxQueuedBytes = 32 << 20;
  static constexpr int64_t kRecentBytes = 32 << 20;

  // Less would have the log begin a segment several times a second.
  static constexpr absl::Duration kMinRetainTime = absl::Seconds(1);

  // Of a log in Kafka; nothing else holds then. Null: in files.
  std::shared_ptr<const KafkaLogOptions> kafka;

  std::string path;
  int64_t max_bytes = 1 << 30;
  FullPolicy when_full = FullPolicy::kBlock;
  int64_t retain_bytes = 0;
  absl::Duration retain_time = absl::InfiniteDuration();
  Compression compression = Compression::kNone;
  Durability durability = Durability::kDisk;
};

}  // namespace phoenix

#endif  // LIBS_PIPELINE_PIPELINE_LOG_H_
