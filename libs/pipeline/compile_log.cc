#include "libs/pipeline/compile_log.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/connection_options.h"
#include "libs/kafka/topic_options.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/pipeline/file_config_report.h"

namespace phoenix {
namespace {

namespace v1 = pipeline::v1;

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

Compression ToCompression(v1::LogCompression compression) {
  switch (compression) {
    case v1::LOG_COMPRESSION_LZ4:
      return Compression::kLz4;
    case v1::LOG_COMPRESSION_ZSTD:
      return Compression::kZstd;
    default:
      return Compression::kNone;
  }
}

std::string ToKafkaCompression(v1::LogCompression compression) {
  switch (ToCompression(compression)) {
    case Compression::kLz4:
      return "lz4";
    case Compression::kZstd:
      return "zstd";
    case Compression::kNone:
      break;
  }
  return "none";
}

FullPolicy ToFullPolicy(v1::WhenFull when_full) {
  switch (when_full) {
    case v1::WHEN_FULL_DROP_OLDEST:
      return FullPolicy::kDropOldest;
    case v1::WHEN_FULL_REJECT:
      return FullPolicy::kReject;
    default:
      return FullPolicy::kBlock;
  }
}

Durability ToDurability(v1::LogSync sync) {
  return sync == v1::LOG_SYNC_OS ? Durability::kOs : Durability::kDisk;
}

FullQueue ToFullQueue(v1::QueueFull when_full) {
  switch (when_full) {
    case v1::QUEUE_FULL_DEAD_LETTER:
      return FullQueue::kDeadLetter;
    case v1::QUEUE_FULL_DROP_NEWEST:
      return FullQueue::kDropNewest;
    case v1::QUEUE_FULL_DROP_OLDEST:
      return FullQueue::kDropOldest;
    default:
      return FullQueue::kBlock;
  }
}

PipelineLog ToLog(const v1::EmbeddedLog& log) {
  const absl::Duration retain = ToDuration(log.retain_time());
  return {.kafka = nullptr,
          .path = log.path(),
          .max_bytes = log.max_bytes(),
          .when_full = ToFullPolicy(log.when_full()),
          .retain_bytes = log.retain_bytes(),
          .retain_time = retain == absl::ZeroDuration()
                             ? absl::InfiniteDuration()
                             : retain,
          .compression = ToCompression(log.compression()),
          .durability = ToDurability(log.sync())};
}

void CheckRetention(const v1::EmbeddedLog& log, ConfigReport& report) {
  const absl::Duration time = ToDuration(log.retain_time());
  if (log.retain_bytes() > log.max_bytes()) {
    report.Error("retain_bytes", 0,
                 Cat("`retain_bytes` is more than `max_bytes` (",
                     log.max_bytes(), " bytes), which bounds all of the log"));
  }
  if (time == absl::ZeroDuration()) return;
  if (log.retain_bytes() == 0) {
    report.Error("retain_time", 0,
                 "`retain_time` keeps nothing by itself: expected "
                 "`retain_bytes` too, which says how much is kept for so long "
                 "at most");
  }
  if (time < PipelineLog::kMinRetainTime) {
    report.Error("retain_time", 0,
                 Cat("`retain_time`: expected '0s', or at least ",
                     absl::FormatDuration(PipelineLog::kMinRetainTime)));
  }
}

// What is sent together follows from what the topic takes, which the log
// learns.
absl::Status CheckLogProperty(const std::string& name,
                              const std::string& value) {
  if (name == "message.max.bytes" || name == "batch.num.messages" ||
      name == "batch.size") {
    return absl::InvalidArgumentError(
        Cat("property '", name,
            "' can't be set here: a log goes by its topic's "
            "`max.message.bytes`"));
  }
  return CheckKafkaProperty(name, value);
}

void CheckKafkaLog(const v1::KafkaLog& log, ConfigReport& report) {
  // An empty name has been reported as missing.
  if (!log.topic().empty()) {
    const absl::Status name = CheckTopicName(log.topic());
    if (!name.ok()) report.Error("topic", 0, std::string(name.message()));
  }
  if (log.when_full() == v1::WHEN_FULL_DROP_OLDEST) {
    report.Error("when_full", 0,
                 "'drop_oldest' is not possible in Kafka, expected 'block' or "
                 "'reject': the topic's `retention.bytes` bounds it");
  }
  if (log.create_topic().delete_at_end()) {
    report.Error("create_topic.delete_at_end", 0,
                 "the topic of a log is not deleted: what it holds was "
                 "acknowledged");
  }
  for (int i = 0; i < log.librdkafka_size(); ++i) {
    const absl::Status checked =
        CheckLogProperty(log.librdkafka(i).name(), log.librdkafka(i).value());
    if (checked.ok()) continue;
    report.Error(Cat("librdkafka[", i, "]"), 0, std::string(checked.message()));
  }
}

KafkaLogOptions ToOptions(const v1::KafkaLog& log,
                          const std::string& pipeline) {
  KafkaLogOptions options;
  options.connection = ReadKafkaConnection(log);
  options.topic = log.topic();
  options.group = log.group().empty() ? pipeline : log.group();
  options.pipeline = pipeline;
  if (log.has_create_topic()) {
    options.create_topic = ReadKafkaTopic(log.topic(), log.create_topic());
    options.add_partitions = log.create_topic().add_partitions();
    options.alter_topic = log.create_topic().alter_config();
  }
  options.full_policy = ToFullPolicy(log.when_full());
  options.compression = ToKafkaCompression(log.compression());
  options.delivery_timeout = ToDuration(log.delivery_timeout());
  options.commit_interval = ToDuration(log.commit_interval());
  options.revoke_timeout = ToDuration(log.revoke_timeout());
  options.max_queued_bytes = static_cast<uint64_t>(log.max_queued_bytes());
  options.max_buffer_bytes = static_cast<uint64_t>(log.max_buffer_bytes());
  return options;
}

// Until the topic is looked at: what such a log is for, unless the file makes a
// topic that one broker's loss is the end of.
Durability ExpectedDurability(const KafkaLogOptions& options) {
  if (!options.create_topic.has_value()) return Durability::kReplicated;
  const KafkaTopic& topic = *options.create_topic;
  const auto in_sync = topic.config.find("min.insync.replicas");
  const bool one_suffices =
      topic.replication_factor == 1 ||
      (in_sync != topic.config.end() && in_sync->second == "1");
  return one_suffices ? Durability::kOs : Durability::kReplicated;
}

PipelineLog ToLog(const v1::KafkaLog& log, const std::string& pipeline) {
  PipelineLog result;
  result.kafka =
      std::make_shared<const KafkaLogOptions>(ToOptions(log, pipeline));
  result.when_full = result.kafka->full_policy;
  result.durability = ExpectedDurability(*result.kafka);
  return result;
}

}  // namespace

std::optional<PipelineLog> CompileLog(const LoadedPipeline& loaded,
                                      Diagnostics& diagnostics) {
  const v1::Pipeline& message = loaded.message;
  if (!message.has_log()) return std::nullopt;
  if (!message.log().has_kafka()) {
    FileConfigReport report("log.embedded", loaded.positions, loaded.broken,
                            diagnostics);
    CheckRetention(message.log().embedded(), report);
    return ToLog(message.log().embedded());
  }
  FileConfigReport report("log.kafka", loaded.positions, loaded.broken,
                          diagnostics);
  CheckKafkaLog(message.log().kafka(), report);
  return ToLog(message.log().kafka(), message.name());
}

SinkQueueLimits CompileSinkQueue(const v1::SinkQueue& queue,
                                 int64_t default_bytes) {
  SinkQueueLimits limits;
  limits.bytes = queue.bytes() > 0 ? queue.bytes() : default_bytes;
  limits.when_full = ToFullQueue(queue.when_full());
  if (queue.has_spill()) {
    limits.spill = {.path = queue.spill().path(),
                    .max_bytes = queue.spill().max_bytes(),
                    .compression = ToCompression(queue.spill().compression()),
                    .durability = ToDurability(queue.spill().sync())};
  }
  return limits;
}

}  // namespace phoenix
