#ifndef INTEGRATION_SERVERS_KAFKA_SERVER_H_
#define INTEGRATION_SERVERS_KAFKA_SERVER_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "integration/servers/child_process.h"
#include "integration/servers/server_folder.h"
#include "libs/kafka/handles.h"

namespace phoenix {

// A real Apache Kafka: one broker in KRaft mode on free ports, with its data
// in a folder of its own, gone with this object or with the test. Starting one
// takes some 5 s and 400 MB: have one for all tests of a binary, with topics of
// their own. Topics are not created by use. Thread-compatible.
class KafkaServer {
 public:
  // Returns when the broker answers. FAILED_PRECONDITION, saying what to run,
  // when Kafka or Java is not installed.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start();

  // `127.0.0.1:PORT`; the same after a restart.
  const std::string& bootstrap() const { return bootstrap_; }

  // Ends the broker as a power cut does, but for what the system has cached.
  void Kill() { process_.Kill(); }

  // Starts it again on the same port and data; returns when it answers. Kills
  // it first if it runs.
  absl::Status Restart();

  // Holds it still, and lets it go on: it is there and does not answer.
  void Pause() { process_.Pause(); }
  void Resume() { process_.Resume(); }

  absl::Status CreateTopic(
      const std::string& name, int partitions = 1,
      const std::map<std::string, std::string>& config = {});

 private:
  KafkaServer() = default;

  absl::Status Prepare();
  absl::Status Launch();
  absl::Status WaitUntilReady();

  ServerFolder folder_;
  std::string bootstrap_;
  std::string class_path_;
  ChildProcess process_;
  KafkaClientPtr admin_;
};

}  // namespace phoenix

#endif  // INTEGRATION_SERVERS_KAFKA_SERVER_H_
