#include "libs/sinks/kafka/positions_topic.h"

#include "absl/time/time.h"
#include "libs/base/crc32c.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/committed_records.h"
#include "libs/kafka/record_fields.h"
#include "libs/kafka/record_view.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long an administrative request may take.
constexpr absl::Duration kAdminTimeout = absl::Seconds(10);

}  // namespace

absl::Status PositionsTopic::Prepare(rd_kafka_t& client) {
  if (partition_ >= 0) return absl::OkStatus();
  TopicAdmin admin(client, kAdminTimeout);
  auto shape = admin.Describe(topic_);
  if (absl::IsNotFound(shape.status())) shape = Create(admin);
  if (!shape.ok()) {
    return StatusBuilder(shape.status()).Context("`positions_topic`").Build();
  }
  PHOENIX_RETURN_IF_ERROR(CheckCompacted(admin));
  partition_ = static_cast<int32_t>(Crc32c(sink_) %
                                    static_cast<uint32_t>(shape->partitions));
  return absl::OkStatus();
}

absl::StatusOr<TopicShape> PositionsTopic::Create(TopicAdmin& admin) const {
  const auto created =
      admin.CreateIfMissing({.name = topic_,
                             .config = {
                                 {"cleanup.policy", "compact"},
                                 {"segment.bytes", kSegmentBytes},
                             }});
  if (created.ok() || absl::IsNotFound(created.status())) return created;
  return StatusBuilder(created.status())
      .Context(Cat("run `kafka-topics.sh --create --topic ", topic_,
                   " --config cleanup.policy=compact --config segment.bytes=",
                   kSegmentBytes, "`, or allow it here"))
      .Build();
}

absl::Status PositionsTopic::CheckCompacted(TopicAdmin& admin) const {
  const auto policy = admin.TopicSetting(topic_, "cleanup.policy");
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
  RecordFields fields;
  fields.Add(RD_KAFKA_VTYPE_TOPIC).u.cstr = topic_.c_str();
  fields.Add(RD_KAFKA_VTYPE_PARTITION).u.i32 = partition_;
  fields.Add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  fields.AddBytes(RD_KAFKA_VTYPE_KEY, key);
  if (value.has_value()) fields.AddBytes(RD_KAFKA_VTYPE_VALUE, *value);
  return fields.ProduceTo(producer);
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
