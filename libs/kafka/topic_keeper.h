#ifndef LIBS_KAFKA_TOPIC_KEEPER_H_
#define LIBS_KAFKA_TOPIC_KEEPER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {

// What a file asks of topics.
struct TopicWish {
  KafkaTopic shape;             // Of one that is created; its name is not used.
  bool add_partitions = false;  // To one that has fewer.
  bool alter_config = false;    // Of one that exists, to that of `shape`.
  bool delete_at_end = false;
};

// Creates the topic when there is none, and waits until brokers know it; else
// alters it as far as the wish says. Errors are those of `admin`.
absl::Status KeepTopic(TopicAdmin& admin, const std::string& topic,
                       const TopicWish& wish);

// Keeps topics as a file asks for, through a client of its own for each call;
// each question to the cluster may take `timeout`. Errors are those of
// TopicAdmin. Thread-compatible.
class TopicKeeper {
 public:
  TopicKeeper(KafkaConnection connection, std::vector<std::string> topics,
              TopicWish wish, absl::Duration timeout);

  // KeepTopic for each.
  absl::Status Begin();

  // Deletes them, if that is asked for.
  absl::Status End();

 private:
  const KafkaConnection connection_;
  const std::vector<std::string> topics_;
  const TopicWish wish_;
  const absl::Duration timeout_;
};

}  // namespace phoenix

#endif  // LIBS_KAFKA_TOPIC_KEEPER_H_
