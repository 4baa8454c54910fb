#ifndef INTEGRATION_SERVERS_KAFKA_SERVER_H_
#define INTEGRATION_SERVERS_KAFKA_SERVER_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/servers/child_process.h"
#include "integration/servers/kafka_security.h"
#include "integration/servers/server_folder.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// A real Apache Kafka: one broker in KRaft mode on free ports, with its data
// in a folder of its own, gone with this object or with the test. Starting one
// takes some 5 s and 400 MB: have one for all tests of a binary, with topics of
// their own. Topics are not created by use. Thread-compatible.
//
// With several brokers, which have a controller beside them and copies of all
// data, one can be lost and another takes over what it led.
class KafkaServer {
 public:
  // More would keep no more: one broker at a time is lost.
  static constexpr int kMaxCopies = 3;

  // Returns when all brokers answer. FAILED_PRECONDITION, saying what to run,
  // when Kafka or Java is not installed.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start(int brokers = 1);

  // One broker that has a second listener, which asks who comes.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> StartSecured();

  // `127.0.0.1:PORT`, with commas; the same after a restart.
  const std::string& bootstrap() const { return bootstrap_; }

  // The address of the listener that asks who comes, and what it is trusted by;
  // after StartSecured.
  bool is_secured() const { return security_.has_value(); }
  const std::string& secured_bootstrap() const { return secured_bootstrap_; }
  const std::string& ca_file() const { return security_->ca_file(); }

  // Lets KafkaSecurity::kUser do everything with a `topic` or a `group`; after
  // StartSecured.
  absl::Status Allow(const std::string& kind, const std::string& name);

  // Ends all brokers as a power cut does, but for what the system has cached.
  void Kill();

  // Ends only the broker that coordinates `name`: a transactional id, if
  // `topic` is __transaction_state, or a group, of __consumer_offsets. Waits
  // before that until another has a copy and can take over. DEADLINE_EXCEEDED
  // when nothing has been coordinated yet.
  absl::Status KillCoordinator(const std::string& topic, std::string_view name);

  // Ends only the broker that leads a partition of `topic`, and returns when
  // another does. Waits before that until all copies of everything are in sync.
  // DEADLINE_EXCEEDED when there is no such partition, or nobody takes over.
  absl::Status KillLeader(const std::string& topic, int partition);

  // How many transactions of that id the brokers have aborted because they took
  // longer than their timeout, by the brokers' own log.
  int TimedOutTransactions(std::string_view transactional_id) const;

  // Starts what does not run on the same ports and data; returns when all
  // answer.
  absl::Status Revive();

  // Kills all that run, and revives them.
  absl::Status Restart();

  // Holds all still, and lets them go on: they are there and don't answer.
  void Pause();
  void Resume();

  // With as many copies as there are brokers, up to kMaxCopies, of which all
  // but one must be in sync for a record to be taken.
  absl::Status CreateTopic(
      const std::string& name, int partitions = 1,
      const std::map<std::string, std::string>& config = {});

 private:
  // One process: a broker, the controller, or both.
  struct Node {
    int id = 0;
    std::string properties;  // The path of its file.
    ChildProcess process;
  };

  explicit KafkaServer(int brokers) : brokers_(brokers) {}

  absl::Status Prepare();
  absl::Status AddSecuredListener(std::string& listeners);
  absl::Status AddNode(int id, std::string_view roles,
                       std::string_view controller);
  absl::Status Format(const Node& node);
  absl::Status Launch(Node& node);
  absl::Status WaitUntilReady();
  absl::Status KillNode(int id);

  // The leader, once all copies are in sync; after the death of one, the next.
  absl::StatusOr<int> AwaitLeader(const std::string& topic, int partition,
                                  std::optional<int> dead = std::nullopt);
  int copies() const { return std::min(brokers_, kMaxCopies); }
  bool AllRun();

  const int brokers_;
  ServerFolder folder_;
  std::string bootstrap_;
  std::optional<KafkaSecurity> security_;
  std::string secured_bootstrap_;
  std::string class_path_;
  std::vector<Node> nodes_;
  KafkaClientPtr admin_;
};

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_KAFKA_SERVER_H_
