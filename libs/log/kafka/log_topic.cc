#include "libs/log/kafka/log_topic.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/refusal.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/log_owner.h"
#include "libs/log/kafka/partition_birth.h"

namespace phoenix {
namespace {

// What a topic takes unless it is set up otherwise.
constexpr size_t kDefaultMaxRecordBytes = 1'048'588;

// Two brokers have it: the loss of one loses nothing.
constexpr int kSafeReplicas = 2;

class TopicPreparer {
 public:
  TopicPreparer(const KafkaLogOptions& options, rd_kafka_t& client)
      : options_(options),
        client_(client),
        admin_(client, options.open_timeout) {}

  absl::StatusOr<LogTopic> Run() {
    PHOENIX_RETURN_IF_ERROR(FindCluster());
    PHOENIX_ASSIGN_OR_RETURN(const TopicShape shape, FindOrCreate());
    topic_.partitions = shape.partitions;
    PHOENIX_RETURN_IF_ERROR(CheckSettings(shape));
    PHOENIX_RETURN_IF_ERROR(CheckCommitted());
    return std::move(topic_);
  }

 private:
  absl::Status FindCluster() {
    const int timeout =
        static_cast<int>(absl::ToInt64Milliseconds(options_.open_timeout));
    char* id = rd_kafka_clusterid(&client_, timeout);
    if (id == nullptr) {
      return absl::UnavailableError(Cat(
          "no broker at '", options_.connection.brokers, "' answers in ",
          FromAbsl(absl::FormatDuration(options_.open_timeout)),
          ": expected one there that takes this user: see `brokers`, `sasl` "
          "and `tls`"));
    }
    topic_.log_name = Cat(options_.topic, "@", id);
    rd_kafka_mem_free(&client_, id);
    return absl::OkStatus();
  }

  absl::StatusOr<TopicShape> FindOrCreate() {
    auto shape = admin_.Describe(options_.topic);
    if (!absl::IsNotFound(shape.status())) return Altered(shape);
    if (!options_.create_topic.has_value()) {
      return absl::NotFoundError(
          "it does not exist: create it, or set `create_topic`");
    }
    return admin_.CreateIfMissing(WithSafeReplicas());
  }

  absl::StatusOr<TopicShape> Altered(const absl::StatusOr<TopicShape>& found) {
    if (!found.ok() || !options_.create_topic.has_value()) return found;
    if (options_.alter_topic) {
      PHOENIX_RETURN_IF_ERROR(
          admin_.AlterSettings(options_.topic, options_.create_topic->config));
    }
    const int wanted = options_.create_topic->partitions;
    if (found->partitions >= wanted) return found;
    if (!options_.add_partitions) {
      return absl::FailedPreconditionError(
          Cat("it has ", found->partitions, " partitions, expected ", wanted,
              ": set `add_partitions`, or ask for ", found->partitions));
    }
    PHOENIX_RETURN_IF_ERROR(admin_.AddPartitions(options_.topic, wanted));
    return TopicShape{wanted, found->replicas};
  }

  // What is replicated is to survive the loss of a broker, unless the file says
  // otherwise.
  KafkaTopic WithSafeReplicas() const {
    KafkaTopic topic = *options_.create_topic;
    topic.name = options_.topic;
    if (topic.replication_factor >= kSafeReplicas) {
      topic.config.emplace("min.insync.replicas", Cat(kSafeReplicas));
    }
    return topic;
  }

  absl::Status CheckSettings(const TopicShape& shape) {
    PHOENIX_ASSIGN_OR_RETURN(const auto limit, Number("max.message.bytes"));
    topic_.max_record_bytes = limit.value_or(kDefaultMaxRecordBytes);
    PHOENIX_ASSIGN_OR_RETURN(const auto in_sync, Number("min.insync.replicas"));
    if (shape.replicas >= kSafeReplicas &&
        in_sync.value_or(1) >= kSafeReplicas) {
      topic_.durability = Durability::kReplicated;
    }
    PHOENIX_ASSIGN_OR_RETURN(const auto cleanup, Setting("cleanup.policy"));
    if (cleanup.value_or("").find("compact") != std::string::npos) {
      return absl::FailedPreconditionError(Cat(
          "its `cleanup.policy` is '", *cleanup,
          "', expected 'delete': events of a log are not to be replaced: run "
          "`kafka-configs.sh --alter --topic ",
          options_.topic, " --add-config cleanup.policy=delete`"));
    }
    return absl::OkStatus();
  }

  // Who may write need not be allowed to look at settings: then the most common
  // ones are taken for granted, and nothing is promised.
  absl::StatusOr<std::optional<std::string>> Setting(const std::string& name) {
    auto found = admin_.TopicSetting(options_.topic, name);
    if (absl::IsUnavailable(found.status())) return found.status();
    if (!found.ok()) return std::nullopt;
    return *std::move(found);
  }

  absl::StatusOr<std::optional<size_t>> Number(const std::string& name) {
    PHOENIX_ASSIGN_OR_RETURN(const auto text, Setting(name));
    size_t number = 0;
    if (!absl::SimpleAtoi(text.value_or(""), &number)) return std::nullopt;
    return number;
  }

  absl::Status CheckCommitted() {
    PHOENIX_ASSIGN_OR_RETURN(
        const auto committed,
        admin_.FindOwnCommitted(options_.topic, topic_.partitions));
    for (const auto& [partition, found] : committed) {
      PHOENIX_ASSIGN_OR_RETURN(
          const Watermarks marks,
          admin_.FindWatermarks(options_.topic, partition));
      if (found.offset <= marks.high) continue;
      PHOENIX_ASSIGN_OR_RETURN(const bool is_new,
                               WasMadeAnew(partition, found.metadata));
      if (!is_new) return Lost(partition, found.offset, marks.high);
    }
    return CheckLogOwner(options_, committed);
  }

  // Then its reader begins with it.
  absl::StatusOr<bool> WasMadeAnew(int32_t partition,
                                   const std::string& metadata) const {
    const auto birth = PartitionBirth::Decode(metadata);
    if (!birth) return false;
    return IsMadeAnew(admin_, options_.topic, partition, *birth);
  }

  // Sinks know events by their offsets: with others at the same offsets they
  // would take new ones for old.
  absl::Status Lost(int32_t partition, int64_t read, int64_t end) const {
    return absl::FailedPreconditionError(Cat(
        "it has lost records: group '", options_.group, "' has read partition ",
        partition, " up to ", read, ", and it ends at ", end,
        ": at these offsets sinks would take new events for old ones: expected "
        "the topic as it was; or delete it, when what it still holds may go, "
        "or write a new name as `topic`, and run it again"));
  }

  const KafkaLogOptions& options_;
  rd_kafka_t& client_;
  TopicAdmin admin_;
  LogTopic topic_;
};

}  // namespace

absl::StatusOr<LogTopic> PrepareLogTopic(const KafkaLogOptions& options) {
  PHOENIX_ASSIGN_OR_RETURN(
      auto conf,
      MakeKafkaConf(options.connection, {{"group.id", options.group}}));
  PHOENIX_ASSIGN_OR_RETURN(const KafkaClientPtr client,
                           MakeKafkaClient(RD_KAFKA_CONSUMER, std::move(conf)));
  auto topic = TopicPreparer(options, *client).Run();
  if (topic.ok()) return topic;
  return StatusBuilder(WhyUnavailable(topic.status(), options.connection))
      .Context(Cat("topic '", options.topic, "'"))
      .Build();
}

}  // namespace phoenix
