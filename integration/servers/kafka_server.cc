#include "integration/servers/kafka_server.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {
namespace {

// A broker on a machine that is busy building took 9 s.
constexpr absl::Duration kStartTimeout = absl::Seconds(60);
constexpr absl::Duration kAdminTimeout = absl::Seconds(20);
constexpr int kProbeMs = 500;

// Any will do: 16 bytes in base64.
constexpr std::string_view kClusterId = "cGhvZW5peC10ZXN0LWtmaw";

std::string CacheFolder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache != '\0') return cache;
  const char* home = std::getenv("HOME");
  return Cat(home != nullptr ? home : "", "/.cache");
}

absl::StatusOr<std::string> FindClassPath() {
  const std::string libs = CacheFolder() + "/phoenix/kafka/libs";
  if (std::filesystem::is_directory(libs)) return libs + "/*";
  return absl::FailedPreconditionError(
      Cat("Kafka is not in '", libs, "': run tools/dev setup test"));
}

// Small numbers of everything, since there is one broker, and no waiting for
// members of groups that never come.
std::string Properties(const std::string& folder, const std::string& bootstrap,
                       int controller_port) {
  const std::string controller = Cat("127.0.0.1:", controller_port);
  return Cat(
      "process.roles=broker,controller\nnode.id=1\n",
      "controller.quorum.voters=1@", controller, "\n", "listeners=PLAINTEXT://",
      bootstrap, ",CONTROLLER://", controller, "\n",
      "advertised.listeners=PLAINTEXT://", bootstrap, "\n",
      "controller.listener.names=CONTROLLER\n",
      "listener.security.protocol.map=",
      "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n", "log.dirs=", folder,
      "/data\n", "auto.create.topics.enable=false\n",
      "offsets.topic.replication.factor=1\noffsets.topic.num.partitions=5\n",
      "transaction.state.log.replication.factor=1\n",
      "transaction.state.log.min.isr=1\n",
      "transaction.state.log.num.partitions=5\n",
      "group.initial.rebalance.delay.ms=0\n",
      "group.min.session.timeout.ms=1000\n");
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::Start() {
  std::unique_ptr<KafkaServer> server(new KafkaServer());
  PHOENIX_RETURN_IF_ERROR(server->Prepare());
  PHOENIX_RETURN_IF_ERROR(server->Restart());
  return server;
}

absl::Status KafkaServer::Prepare() {
  PHOENIX_ASSIGN_OR_RETURN(class_path_, FindClassPath());
  PHOENIX_ASSIGN_OR_RETURN(const int port, FreePort());
  PHOENIX_ASSIGN_OR_RETURN(const int controller_port, FreePort());
  bootstrap_ = Cat("127.0.0.1:", port);
  std::ofstream(folder_ / "server.properties")
      << Properties(folder_.path(), bootstrap_, controller_port);
  KafkaConnection connection;
  connection.brokers = bootstrap_;
  // A broker that is killed on purpose is nothing to report.
  PHOENIX_ASSIGN_OR_RETURN(auto conf,
                           MakeKafkaConf(connection, {{"log_level", "0"}}));
  PHOENIX_ASSIGN_OR_RETURN(admin_,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  return RunToEnd({.command = {"java", "-XX:TieredStopAtLevel=1", "-cp",
                               class_path_, "kafka.tools.StorageTool", "format",
                               "-t", std::string(kClusterId), "-c",
                               folder_ / "server.properties"},
                   .directory = folder_.path(),
                   .log_file = folder_ / "format.log"});
}

absl::Status KafkaServer::Restart() {
  Kill();
  PHOENIX_RETURN_IF_ERROR(Launch());
  return WaitUntilReady();
}

absl::Status KafkaServer::Launch() {
  PHOENIX_ASSIGN_OR_RETURN(
      process_,
      ChildProcess::Start(
          {.command = {"java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC",
                       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp",
                       class_path_, "kafka.Kafka",
                       folder_ / "server.properties"},
           .directory = folder_.path(),
           .log_file = folder_ / "kafka.log"}));
  return absl::OkStatus();
}

absl::Status KafkaServer::WaitUntilReady() {
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (absl::Now() < deadline) {
    if (!process_.Running()) break;
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(admin_.get(), 1, nullptr, &metadata, kProbeMs) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      const int brokers = metadata->broker_cnt;
      rd_kafka_metadata_destroy(metadata);
      if (brokers > 0) return absl::OkStatus();
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::UnavailableError(
      Cat("Kafka did not start; the end of its log:\n",
          TailOf(folder_ / "kafka.log")));
}

absl::Status KafkaServer::CreateTopic(
    const std::string& name, int partitions,
    const std::map<std::string, std::string>& config) {
  TopicAdmin admin(*admin_, kAdminTimeout);
  return admin.Create({.name = name,
                       .partitions = partitions,
                       .replication_factor = 1,
                       .config = config});
}

}  // namespace phoenix
