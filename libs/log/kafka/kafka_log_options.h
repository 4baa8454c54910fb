#ifndef LIBS_LOG_KAFKA_KAFKA_LOG_OPTIONS_H_
#define LIBS_LOG_KAFKA_KAFKA_LOG_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/log.h"

namespace phoenix {

struct KafkaLogOptions {
  // Batches that wait for the brokers, and records that were fetched and not
  // read: enough to keep a connection busy, little beside the rest.
  static constexpr uint64_t kDefaultMaxQueuedBytes = 32 << 20;
  static constexpr uint64_t kDefaultMaxBufferBytes = 32 << 20;

  KafkaConnection connection;
  std::string topic;  // Of this log alone.

  // The instances that share the log, and so each read a part of it.
  std::string group;

  // Written into each record; those of another pipeline are refused. Empty:
  // neither.
  std::string pipeline = {};

  // Created, with this shape, when there is none; none: it must be there.
  std::optional<KafkaTopic> create_topic = {};
  bool add_partitions = false;  // To an existing topic, up to `create_topic`'s.
  bool alter_topic = false;     // Sets an existing topic's config like that.

  FullPolicy full_policy = FullPolicy::kBlock;  // kReject also.
  std::string compression = "none";             // As librdkafka names them.

  // How long a batch may take to be stored before its producer is told that it
  // was not.
  absl::Duration delivery_timeout = absl::Seconds(30);

  // A cursor that moved is committed after at most so long.
  absl::Duration commit_interval = absl::Seconds(1);

  // How long a partition that goes to another instance waits for outcomes.
  absl::Duration revoke_timeout = absl::Seconds(10);

  // How long opening waits for the cluster.
  absl::Duration open_timeout = absl::Seconds(20);

  uint64_t max_queued_bytes = kDefaultMaxQueuedBytes;
  uint64_t max_buffer_bytes = kDefaultMaxBufferBytes;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_KAFKA_LOG_OPTIONS_H_
