#include "libs/sinks/kafka/positions_topic.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/base/crc32c.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/committed_records.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/record_view.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long an administrative request may take.
constexpr absl::Duration kAdminTimeout = absl::Seconds(10);

// A topic that was just created is not known at once to every broker.
constexpr int kMaxLooks = 50;
constexpr absl::Duration kLookInterval = absl::Milliseconds(100);

rd_kafka_vu_t Variable(rd_kafka_vtype_t type) {
  rd_kafka_vu_t variable{};
  variable.vtype = type;
  return variable;
}

rd_kafka_vu_t Bytes(rd_kafka_vtype_t type, std::string_view bytes) {
  rd_kafka_vu_t variable = Variable(type);
  variable.u.mem.ptr = const_cast<char*>(bytes.data());
  variable.u.mem.size = bytes.size();
  return variable;
}

absl::StatusOr<int> AwaitPartitionCount(TopicAdmin& admin,
                                        const std::string& topic) {
  auto count = admin.PartitionCount(topic);
  for (int i = 1; i < kMaxLooks && absl::IsNotFound(count.status()); ++i) {
    absl::SleepFor(kLookInterval);
    count = admin.PartitionCount(topic);
  }
  return count;
}

}  // namespace

absl::Status PositionsTopic::Prepare(rd_kafka_t& client) {
  if (partition_ >= 0) return absl::OkStatus();
  TopicAdmin admin(client, kAdminTimeout);
  auto count = admin.PartitionCount(topic_);
  if (absl::IsNotFound(count.status())) {
    PHOENIX_RETURN_IF_ERROR(Create(admin));
    count = AwaitPartitionCount(admin, topic_);
  }
  if (!count.ok()) {
    return StatusBuilder(count.status()).Context("`positions_topic`").Build();
  }
  PHOENIX_RETURN_IF_ERROR(CheckCompacted(admin));
  partition_ =
      static_cast<int32_t>(Crc32c(sink_) % static_cast<uint32_t>(*count));
  return absl::OkStatus();
}

absl::Status PositionsTopic::Create(TopicAdmin& admin) const {
  const absl::Status created =
      admin.Create({.name = topic_,
                    .config = {
                        {"cleanup.policy", "compact"},
                        {"segment.bytes", kSegmentBytes},
                    }});
  // Another process may have been faster.
  if (created.ok() || absl::IsAlreadyExists(created)) return absl::OkStatus();
  return StatusBuilder(created)
      .Context(Cat("`positions_topic`: run `kafka-topics.sh --create --topic ",
                   topic_, " --config cleanup.policy=compact --config ",
                   "segment.bytes=", kSegmentBytes, "`, or allow it here"))
      .Build();
}

absl::Status PositionsTopic::CheckCompacted(TopicAdmin& admin) const {
  absl::StatusOr<std::string> policy =
      admin.TopicSetting(topic_, "cleanup.policy");
  for (int i = 1; i < kMaxLooks && absl::IsNotFound(policy.status()); ++i) {
    absl::SleepFor(kLookInterval);
    policy = admin.TopicSetting(topic_, "cleanup.policy");
  }
  if (absl::IsUnavailable(policy.status())) return policy.status();
  if (!policy.ok()) {
    // Who may write need not be allowed to look at settings.
    Logger::Process().Warn(
        "It is not known whether the topic of positions is compacted, as it "
        "must be.",
        {{"topic", topic_}, {"error", policy.status()}});
    return absl::OkStatus();
  }
  if (*policy == "compact") return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("`positions_topic`: the `cleanup.policy` of topic '", topic_,
          "' is '", *policy,
          "', expected 'compact', else it forgets what was written: run "
          "`kafka-configs.sh --alter --entity-type topics --entity-name ",
          topic_, " --add-config cleanup.policy=compact`, or name another"));
}

rd_kafka_resp_err_t PositionsTopic::Produce(
    rd_kafka_t& producer, std::string_view key,
    std::optional<std::string_view> value) const {
  rd_kafka_vu_t variables[5];
  size_t count = 0;
  variables[count] = Variable(RD_KAFKA_VTYPE_TOPIC);
  variables[count++].u.cstr = topic_.c_str();
  variables[count] = Variable(RD_KAFKA_VTYPE_PARTITION);
  variables[count++].u.i32 = partition_;
  variables[count] = Variable(RD_KAFKA_VTYPE_MSGFLAGS);
  variables[count++].u.i = RD_KAFKA_MSG_F_COPY;
  variables[count++] = Bytes(RD_KAFKA_VTYPE_KEY, key);
  if (value.has_value()) {
    variables[count++] = Bytes(RD_KAFKA_VTYPE_VALUE, *value);
  }
  const KafkaErrorPtr error(rd_kafka_produceva(&producer, variables, count));
  return error == nullptr ? RD_KAFKA_RESP_ERR_NO_ERROR
                          : rd_kafka_error_code(error.get());
}

absl::Status PositionsTopic::Read(
    const std::atomic<bool>& cancelled,
    absl::FunctionRef<void(std::string_view key,
                           std::optional<std::string_view> value)>
        visit) const {
  return ReadCommittedRecords(
      connection_, topic_, partition_, cancelled,
      [&](const rd_kafka_message_t& message) {
        const bool has_value = message.payload != nullptr;
        visit(RecordKey(message),
              has_value ? std::optional(RecordValue(message)) : std::nullopt);
      });
}

}  // namespace phoenix
