#include "tools/phoenix/dlq/topic_letters.h"

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/event_batch.h"
#include "libs/kafka/group_lock.h"
#include "libs/kafka/handles.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

constexpr absl::Duration kAskTimeout = absl::Seconds(20);

// More than one, for nobody knows: an event that failed in two sinks has to get
// to both.
constexpr int64_t kUnknownComponents = 2;

constexpr int64_t kNumbers = TopicLetters::kNumbersPerPartition;

int64_t NumberOf(const rd_kafka_message_t& record) {
  return record.partition * kNumbers + record.offset + 1;
}
int32_t PartitionOf(int64_t number) {
  return static_cast<int32_t>((number - 1) / kNumbers);
}

// An attribute of the event that failed; empty when it has none.
std::string EventAttribute(const DeadLetter& letter, Attribute attribute) {
  const auto event = MakeFailedEvents({&letter, 1}, 0);
  if (!event.ok()) return "";
  return (*event)->attribute(attribute).ToString(0);
}

// Whether the event has that id, or that source and id with a '#' between.
bool IsOfEvent(const DeadLetter& letter, const std::string& name) {
  // Spares reading the attributes of most.
  if (letter.id.find(name) == std::string::npos) return false;
  const std::string id = EventAttribute(letter, Attribute::kId);
  return id == name ||
         Cat(EventAttribute(letter, Attribute::kSource), "#", id) == name;
}

class TopicReplayLock : public ReplayLock {
 public:
  explicit TopicReplayLock(std::unique_ptr<GroupLock> lock)
      : lock_(std::move(lock)) {}

  absl::Status Check() override { return lock_->Check(); }

 private:
  const std::unique_ptr<GroupLock> lock_;
};

TopicRecord TombstoneOf(const StoredDeadLetter& stored) {
  const DeadLetter& letter = stored.letter;
  return {
      .partition = PartitionOf(stored.number),
      .key = letter.id,
      .value = std::nullopt,
      .headers = {{LetterEnd::kTimeHeader, Cat(absl::ToUnixNanos(letter.time))},
                  {LetterEnd::kPipelineHeader, letter.pipeline}}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<LetterStore>> TopicLetters::Open(
    const KafkaConnection& connection, const std::string& topic) {
  PHOENIX_ASSIGN_OR_RETURN(auto snapshot,
                           TopicSnapshot::Open(connection, topic, kAskTimeout));
  std::unique_ptr<TopicLetters> letters(
      new TopicLetters(connection, std::move(snapshot)));
  // Who may not ask is told the cautious answer.
  const auto policy = letters->snapshot_->Setting("cleanup.policy");
  letters->forgets_failures_ =
      !policy.ok() || policy->find("compact") != std::string::npos;
  return letters;
}

absl::Status TopicLetters::Fold(const std::string& pipeline) {
  if (fold_ != nullptr && pipeline == pipeline_) return absl::OkStatus();
  pipeline_ = pipeline;
  fold_ = std::make_unique<LetterFold>();
  foreign_records_ = 0;
  for (int32_t partition = 0; partition < partition_count(); ++partition) {
    PHOENIX_RETURN_IF_ERROR(MoveTo(partition, 0));
    while (true) {
      PHOENIX_ASSIGN_OR_RETURN(const KafkaMessagePtr record, reader_->Next());
      if (record == nullptr) break;
      PHOENIX_RETURN_IF_ERROR(FoldRecord(*record));
    }
  }
  reader_.reset();
  if (foreign_records_ > 0) {
    Logger::Process().Warn(
        "Records that are no dead letters were passed over.",
        {{"topic", snapshot_->topic()}, {"records", foreign_records_}});
  }
  return absl::OkStatus();
}

absl::Status TopicLetters::FoldRecord(const rd_kafka_message_t& record) {
  if (const auto end = ReadLetterEnd(record); end.has_value()) {
    if (end->pipeline != pipeline_) return absl::OkStatus();
    return fold_->AddEnd(end->id, end->failed);
  }
  const auto stored = Decode(record);
  if (!stored.has_value()) ++foreign_records_;
  if (!stored.has_value() || stored->letter.pipeline != pipeline_) {
    return absl::OkStatus();
  }
  return fold_->AddFailure(*stored);
}

// A partition has one reader at a time.
absl::Status TopicLetters::MoveTo(int32_t partition, int64_t offset) {
  reader_.reset();
  reader_partition_ = partition;
  PHOENIX_ASSIGN_OR_RETURN(reader_, snapshot_->Read(partition, offset));
  return absl::OkStatus();
}

// None when it is no dead letter.
std::optional<StoredDeadLetter> TopicLetters::Decode(
    const rd_kafka_message_t& record) {
  auto letter = letter_reader_.Read(record);
  if (!letter.has_value()) return std::nullopt;
  StoredDeadLetter stored;
  stored.number = NumberOf(record);
  stored.letter = *std::move(letter);
  return stored;
}

absl::StatusOr<std::vector<StoredDeadLetter>> TopicLetters::ReadPage(
    const std::string& pipeline, int64_t after) {
  PHOENIX_RETURN_IF_ERROR(Fold(pipeline));
  std::vector<StoredDeadLetter> page;
  size_t bytes = 0;
  if (reader_ == nullptr || after != after_) {
    const auto partition = static_cast<int32_t>(after / kNumbers);
    if (partition >= partition_count()) return page;
    PHOENIX_RETURN_IF_ERROR(MoveTo(partition, after % kNumbers));
  }
  while (page.size() < DeadLetterTable::kMaxPageLetters &&
         bytes < DeadLetterTable::kMaxPageBytes) {
    PHOENIX_ASSIGN_OR_RETURN(const KafkaMessagePtr record, reader_->Next());
    if (record == nullptr) {
      if (reader_partition_ + 1 == partition_count()) break;
      PHOENIX_RETURN_IF_ERROR(MoveTo(reader_partition_ + 1, 0));
      continue;
    }
    auto stored = Decode(*record);
    if (!stored.has_value() || stored->letter.pipeline != pipeline ||
        !fold_->Complete(*stored)) {
      continue;
    }
    if (forgets_failures_) stored->component_count = kUnknownComponents;
    stored->event_type = EventAttribute(stored->letter, Attribute::kType);
    bytes += stored->letter.payload.size() + stored->letter.attributes.size();
    page.push_back(*std::move(stored));
  }
  after_ = page.empty() ? after : page.back().number;
  return page;
}

absl::StatusOr<std::optional<StoredDeadLetter>> TopicLetters::Find(
    const std::string& pipeline, const std::string& name) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(name, &number)) number = 0;
  std::optional<StoredDeadLetter> found;
  for (int64_t after = 0;;) {
    PHOENIX_ASSIGN_OR_RETURN(auto page, ReadPage(pipeline, after));
    if (page.empty()) return found;
    after = page.back().number;
    for (StoredDeadLetter& stored : page) {
      const std::string& id = stored.letter.id;
      const bool is_it = stored.number == number || id == name;
      if (!is_it && !IsOfEvent(stored.letter, name)) continue;
      found = std::move(stored);
      if (is_it) return found;
    }
  }
}

absl::StatusOr<uint64_t> TopicLetters::Remove(
    absl::Span<const StoredDeadLetter> letters) {
  if (writer_ == nullptr) {
    PHOENIX_ASSIGN_OR_RETURN(
        writer_, TopicWriter::Create(connection_, snapshot_->topic()));
  }
  std::vector<TopicRecord> tombstones;
  for (const StoredDeadLetter& stored : letters) {
    tombstones.push_back(TombstoneOf(stored));
  }
  PHOENIX_RETURN_IF_ERROR(writer_->Write(tombstones));
  return letters.size();
}

absl::StatusOr<std::unique_ptr<ReplayLock>> TopicLetters::KeepReplaysAway() {
  const std::string& topic = snapshot_->topic();
  auto lock = GroupLock::Take(connection_, topic, Cat(kReplayGroup, topic));
  if (lock.ok()) return std::make_unique<TopicReplayLock>(*std::move(lock));
  const absl::Status& why = lock.status();
  const bool is_held = absl::IsFailedPrecondition(why);
  return absl::Status(
      why.code(),
      Cat(is_held ? "another replay of these dead letters is under way"
                  : "other replays can't be kept away",
          ": topic '", topic, "': ", FromAbsl(why.message()),
          is_held ? ": wait for its end" : ""));
}

}  // namespace phoenix
