#ifndef LIBS_LOG_KAFKA_LOG_TOPIC_H_
#define LIBS_LOG_KAFKA_LOG_TOPIC_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "libs/log/kafka/kafka_log_options.h"
#include "libs/log/log.h"

namespace phoenix {

// What a log has to know of its topic.
struct LogTopic {
  // `TOPIC@CLUSTER`: what the name begins with that the identity of every batch
  // has. See PartitionBirth.
  std::string log_name;

  int partitions = 0;
  size_t max_record_bytes = 0;

  // kReplicated when a batch that is acknowledged is on two brokers at least:
  // the topic has two replicas and `min.insync.replicas` 2 or more. Otherwise
  // kOs: it outlives the broker's process, and no more.
  Durability durability = Durability::kOs;
};

// Looks the topic of a log up, or creates it if it is asked to, and refuses one
// that can't hold a log:
//   NOT_FOUND            there is none, and none is to be made,
//   UNAVAILABLE          no broker has answered in `open_timeout`,
//   PERMISSION_DENIED    the user may not,
//   FAILED_PRECONDITION  it is compacted, so records would go; it has fewer
//                        partitions than are asked for; it has lost what the
//                        group has read, so that offsets would mean other
//                        events than before; or what the group is to read
//                        next is of another pipeline.
// One that was deleted and made anew is as good as any: nothing is remembered
// of the other.
absl::StatusOr<LogTopic> PrepareLogTopic(const KafkaLogOptions& options);

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_LOG_TOPIC_H_
