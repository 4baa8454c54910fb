#include "integration/servers/kafka_server.h"

#include <algorithm>
#include <cstdint>
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
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {
namespace {

// A broker on a machine that is busy building took 9 s; one of several that
// has to catch up with the others, while they are under load, much longer.
constexpr absl::Duration kStartTimeout = absl::Seconds(300);
constexpr absl::Duration kAdminTimeout = absl::Seconds(20);
constexpr int kProbeMs = 500;

constexpr char kLogFile[] = "kafka.log";

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

// Of the topics in which coordinators keep what they know.
constexpr int kCoordinatedPartitions = 5;

// How often they look for transactions that take too long.
constexpr int kCleanupMs = 1000;

// What says in the log that one was aborted for that.
constexpr std::string_view kCoordinatorLogger =
    "kafka.coordinator.transaction.TransactionCoordinator";
constexpr std::string_view kTimedOut =
    "Completed rollback of ongoing transaction for transactionalId ";

// Small numbers of everything, since there are few brokers, and no waiting for
// members of groups that never come.
std::string SharedProperties(std::string_view controller, int copies) {
  const int in_sync = std::max(copies - 1, 1);
  return Cat("controller.quorum.voters=1@", controller, "\n",
             "controller.listener.names=CONTROLLER\n",
             "listener.security.protocol.map=",
             "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL\n",
             "auto.create.topics.enable=false\n",
             "offsets.topic.replication.factor=", copies,
             "\noffsets.topic.num.partitions=", kCoordinatedPartitions,
             "\ntransaction.state.log.replication.factor=", copies,
             "\ntransaction.state.log.min.isr=", in_sync,
             "\nmin.insync.replicas=", in_sync,
             "\ntransaction.state.log.num.partitions=", kCoordinatedPartitions,
             "\ntransaction.abort.timed.out.transaction.cleanup.interval.ms=",
             kCleanupMs, "\ngroup.initial.rebalance.delay.ms=0\n",
             "group.min.session.timeout.ms=1000\n",
             // Where another can take over, a dead broker is soon missed.
             copies > 1 ? "broker.heartbeat.interval.ms=500\n"
                          "broker.session.timeout.ms=3000\n"
                        : "");
}

// As Kafka does it: Java's hash of the name.
int PartitionOf(std::string_view name) {
  uint32_t hash = 0;
  for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  const int64_t signed_hash = static_cast<int32_t>(hash);
  return static_cast<int>(std::abs(signed_hash) % kCoordinatedPartitions);
}

using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t,
                                    decltype(&rd_kafka_metadata_destroy)>;

// Null when nobody answers.
MetadataPtr Metadata(rd_kafka_t* client) {
  const rd_kafka_metadata_t* metadata = nullptr;
  static_cast<void>(rd_kafka_metadata(client, 1, nullptr, &metadata, kProbeMs));
  return {metadata, rd_kafka_metadata_destroy};
}

// Of all topics and partitions.
template <typename Visitor>
void VisitPartitions(const rd_kafka_metadata_t& metadata, Visitor visit) {
  for (int i = 0; i < metadata.topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata.topics[i];
    for (int j = 0; j < topic.partition_cnt; ++j) {
      visit(topic.topic, topic.partitions[j]);
    }
  }
}

// -1: it has none, for now or at all.
int LeaderOf(const rd_kafka_metadata_t& metadata, std::string_view topic,
             int partition) {
  int leader = -1;
  VisitPartitions(metadata, [&](std::string_view name, const auto& found) {
    if (name == topic && found.id == partition) leader = found.leader;
  });
  return leader;
}

// Whether any broker could be lost and another had all that it led.
bool AllInSync(const rd_kafka_metadata_t& metadata) {
  bool all = true;
  VisitPartitions(metadata, [&](std::string_view, const auto& found) {
    if (found.isr_cnt < found.replica_cnt) all = false;
  });
  return all;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::Start(int brokers) {
  std::unique_ptr<KafkaServer> server(new KafkaServer(brokers));
  PHOENIX_RETURN_IF_ERROR(server->Prepare());
  PHOENIX_RETURN_IF_ERROR(server->Revive());
  return server;
}

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::StartSecured() {
  std::unique_ptr<KafkaServer> server(new KafkaServer(1));
  PHOENIX_ASSIGN_OR_RETURN(server->security_,
                           KafkaSecurity::Create(server->folder_));
  PHOENIX_RETURN_IF_ERROR(server->Prepare());
  PHOENIX_RETURN_IF_ERROR(server->Revive());
  return server;
}

absl::Status KafkaServer::Prepare() {
  PHOENIX_ASSIGN_OR_RETURN(class_path_, FindClassPath());
  PHOENIX_ASSIGN_OR_RETURN(const int port, FreePort());
  const std::string controller = Cat("127.0.0.1:", port);
  const bool alone = brokers_ == 1;
  PHOENIX_RETURN_IF_ERROR(
      AddNode(1, alone ? "broker,controller" : "controller", controller));
  for (int id = 2; !alone && id <= brokers_ + 1; ++id) {
    PHOENIX_RETURN_IF_ERROR(AddNode(id, "broker", controller));
  }
  KafkaConnection connection;
  connection.brokers = bootstrap_;
  // A broker that is killed on purpose is nothing to report.
  PHOENIX_ASSIGN_OR_RETURN(auto conf,
                           MakeKafkaConf(connection, {{"log_level", "0"}}));
  PHOENIX_ASSIGN_OR_RETURN(admin_,
                           MakeKafkaClient(RD_KAFKA_PRODUCER, std::move(conf)));
  return absl::OkStatus();
}

absl::Status KafkaServer::AddNode(int id, std::string_view roles,
                                  std::string_view controller) {
  Node node;
  node.id = id;
  node.properties = folder_ / Cat("server-", id, ".properties");
  std::string listeners;
  std::string advertised;
  if (roles.starts_with("broker")) {
    PHOENIX_ASSIGN_OR_RETURN(const int port, FreePort());
    const std::string address = Cat("127.0.0.1:", port);
    bootstrap_ += Cat(bootstrap_.empty() ? "" : ",", address);
    listeners = "PLAINTEXT://" + address;
    PHOENIX_RETURN_IF_ERROR(AddSecuredListener(listeners));
    advertised = Cat("advertised.listeners=", listeners, "\n");
  }
  if (roles.ends_with("controller")) {
    listeners += Cat(listeners.empty() ? "" : ",", "CONTROLLER://", controller);
  }
  std::ofstream(node.properties) << Cat(
      "process.roles=", roles, "\nnode.id=", id, "\n", "listeners=", listeners,
      "\n", advertised, "log.dirs=", folder_.path(), "/data-", id, "\n",
      SharedProperties(controller, copies()),
      is_secured() ? security_->BrokerProperties() : "");
  nodes_.push_back(std::move(node));
  return Format(nodes_.back());
}

absl::Status KafkaServer::AddSecuredListener(std::string& listeners) {
  if (!is_secured()) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const int port, FreePort());
  secured_bootstrap_ = Cat("127.0.0.1:", port);
  listeners += ",SECURED://" + secured_bootstrap_;
  return absl::OkStatus();
}

absl::Status KafkaServer::Format(const Node& node) {
  std::vector<std::string> command = {
      "java",         "-XX:TieredStopAtLevel=1", "-cp",
      class_path_,    "kafka.tools.StorageTool", "format",
      "-t",           std::string(kClusterId),   "-c",
      node.properties};
  if (is_secured()) {
    const auto users = security_->FormatArguments();
    command.insert(command.end(), users.begin(), users.end());
  }
  return RunToEnd({.command = std::move(command),
                   .directory = folder_.path(),
                   .log_file = folder_ / "format.log"});
}

void KafkaServer::Kill() {
  for (Node& node : nodes_) node.process.Kill();
}

void KafkaServer::Pause() {
  for (Node& node : nodes_) node.process.Pause();
}

void KafkaServer::Resume() {
  for (Node& node : nodes_) node.process.Resume();
}

absl::Status KafkaServer::KillCoordinator(const std::string& topic,
                                          std::string_view name) {
  PHOENIX_ASSIGN_OR_RETURN(const int leader,
                           AwaitLeader(topic, PartitionOf(name)));
  return KillNode(leader);
}

absl::Status KafkaServer::KillLeader(const std::string& topic, int partition) {
  PHOENIX_ASSIGN_OR_RETURN(const int leader, AwaitLeader(topic, partition));
  PHOENIX_RETURN_IF_ERROR(KillNode(leader));
  return AwaitLeader(topic, partition, leader).status();
}

absl::StatusOr<int> KafkaServer::AwaitLeader(const std::string& topic,
                                             int partition,
                                             std::optional<int> dead) {
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (absl::Now() < deadline) {
    if (const MetadataPtr metadata = Metadata(admin_.get())) {
      const int leader = LeaderOf(*metadata, topic, partition);
      const bool fit =
          dead.has_value() ? leader != *dead : AllInSync(*metadata);
      if (leader >= 0 && fit) return leader;
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::DeadlineExceededError(
      Cat("partition ", partition, " of '", topic, "' has no leader, or ",
          dead.has_value() ? "still the dead one" : "not all copies in sync"));
}

absl::Status KafkaServer::KillNode(int id) {
  for (Node& node : nodes_) {
    if (node.id != id) continue;
    node.process.Kill();
    return absl::OkStatus();
  }
  return absl::NotFoundError(Cat("no broker has the id ", id));
}

int KafkaServer::TimedOutTransactions(std::string_view transactional_id) const {
  const std::string wanted = Cat(kTimedOut, transactional_id, " ");
  std::ifstream log(folder_ / kLogFile);
  int count = 0;
  for (std::string line; std::getline(log, line);) {
    if (line.find(wanted) != std::string::npos) ++count;
  }
  return count;
}

absl::Status KafkaServer::Restart() {
  Kill();
  return Revive();
}

absl::Status KafkaServer::Revive() {
  for (Node& node : nodes_) {
    if (!node.process.Running()) PHOENIX_RETURN_IF_ERROR(Launch(node));
  }
  return WaitUntilReady();
}

absl::Status KafkaServer::Launch(Node& node) {
  PHOENIX_ASSIGN_OR_RETURN(
      node.process,
      ChildProcess::Start(
          {.command = {"java", "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC",
                       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                       Cat("-Dorg.slf4j.simpleLogger.log.", kCoordinatorLogger,
                           "=info"),
                       "-cp", class_path_, "kafka.Kafka", node.properties},
           .directory = folder_.path(),
           .log_file = folder_ / kLogFile}));
  return absl::OkStatus();
}

bool KafkaServer::AllRun() {
  return std::all_of(nodes_.begin(), nodes_.end(),
                     [](Node& node) { return node.process.Running(); });
}

absl::Status KafkaServer::WaitUntilReady() {
  const absl::Time deadline = absl::Now() + kStartTimeout;
  while (absl::Now() < deadline && AllRun()) {
    const MetadataPtr metadata = Metadata(admin_.get());
    if (metadata != nullptr && metadata->broker_cnt >= brokers_) {
      return absl::OkStatus();
    }
    absl::SleepFor(absl::Milliseconds(50));
  }
  return absl::UnavailableError(
      Cat("Kafka did not start; the end of its log:\n",
          TailOf(folder_ / kLogFile)));
}

absl::Status KafkaServer::CreateTopic(
    const std::string& name, int partitions,
    const std::map<std::string, std::string>& config) {
  TopicAdmin admin(*admin_, kAdminTimeout);
  return admin.Create({.name = name,
                       .partitions = partitions,
                       .replication_factor = copies(),
                       .config = config});
}

absl::Status KafkaServer::Allow(const std::string& kind,
                                const std::string& name) {
  const auto resource =
      kind == "group" ? RD_KAFKA_RESOURCE_GROUP : RD_KAFKA_RESOURCE_TOPIC;
  rd_kafka_AclBinding_t* rules[] = {rd_kafka_AclBinding_new(
      resource, name.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL,
      Cat("User:", KafkaSecurity::kUser).c_str(), "*",
      RD_KAFKA_ACL_OPERATION_ALL, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr,
      0)};
  const KafkaQueuePtr queue(rd_kafka_queue_new(admin_.get()));
  rd_kafka_CreateAcls(admin_.get(), rules, 1, nullptr, queue.get());
  rd_kafka_AclBinding_destroy(rules[0]);
  const KafkaEventPtr event(rd_kafka_queue_poll(
      queue.get(), static_cast<int>(absl::ToInt64Milliseconds(kAdminTimeout))));
  if (event == nullptr) return absl::UnavailableError("allow: no answer");
  return KafkaStatus(rd_kafka_event_error(event.get()), "allow");
}

}  // namespace phoenix
