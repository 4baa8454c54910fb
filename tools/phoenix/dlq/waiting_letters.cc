#include "tools/phoenix/dlq/waiting_letters.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"

namespace phoenix {
namespace {

// Short, for a process that ends waits for it.
constexpr absl::Duration kAskTimeout = absl::Seconds(5);

}  // namespace

WaitingLetters::WaitingLetters(LetterTopic topic, std::string pipeline)
    : topic_(std::move(topic)),
      pipeline_(std::move(pipeline)),
      reader_(topic_.topic) {}

absl::StatusOr<uint64_t> WaitingLetters::Count() {
  absl::Status status = CatchUpAll();
  if (status.ok()) return count_.waiting();
  snapshot_.reset();
  return status;
}

absl::Status WaitingLetters::CatchUpAll() {
  PHOENIX_RETURN_IF_ERROR(CheckRoom());
  PHOENIX_RETURN_IF_ERROR(FindEnds());
  for (size_t i = 0; i < progress_.size(); ++i) {
    PHOENIX_RETURN_IF_ERROR(CatchUp(static_cast<int32_t>(i)));
  }
  return absl::OkStatus();
}

absl::Status WaitingLetters::CheckRoom() const {
  if (!count_.overflowed()) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      Cat("topic '", topic_.topic, "' has more dead letters than the ",
          DeadLetterCount::kMaxLetters, " that are counted"));
}

absl::Status WaitingLetters::FindEnds() {
  if (snapshot_ != nullptr) {
    PHOENIX_RETURN_IF_ERROR(snapshot_->Refresh());
  } else {
    PHOENIX_ASSIGN_OR_RETURN(
        snapshot_,
        TopicSnapshot::Open(topic_.connection, topic_.topic, kAskTimeout));
  }
  if (WasMadeAnew()) {
    progress_.clear();
    count_ = DeadLetterCount();
  }
  progress_.resize(snapshot_->partitions().size());
  return absl::OkStatus();
}

// Whether the topic was deleted and made again, as far as its offsets tell.
bool WaitingLetters::WasMadeAnew() const {
  const std::vector<Watermarks>& marks = snapshot_->partitions();
  if (marks.size() < progress_.size()) return true;
  for (size_t i = 0; i < progress_.size(); ++i) {
    if (marks[i].high < progress_[i].end) return true;
  }
  return false;
}

absl::Status WaitingLetters::CatchUp(int32_t partition) {
  const auto index = static_cast<size_t>(partition);
  const Watermarks marks = snapshot_->partitions()[index];
  Progress& progress = progress_[index];
  // A transaction that was open ends by a record of its own.
  if (marks.high > progress.end) {
    PHOENIX_ASSIGN_OR_RETURN(const auto reader,
                             snapshot_->Read(partition, progress.next));
    while (true) {
      if (cancelled_) return absl::CancelledError("count was stopped");
      PHOENIX_ASSIGN_OR_RETURN(const KafkaMessagePtr record, reader->Next());
      if (record == nullptr) break;
      Add(*record);
      PHOENIX_RETURN_IF_ERROR(CheckRoom());
      progress.next = record->offset + 1;
    }
    progress.end = marks.high;
  }
  if (marks.low > progress.low) count_.Forget({partition, marks.low});
  progress.low = marks.low;
  return absl::OkStatus();
}

void WaitingLetters::Add(const rd_kafka_message_t& record) {
  const DeadLetterCount::Place place = {record.partition, record.offset};
  if (const auto end = ReadLetterEnd(record); end.has_value()) {
    if (end->pipeline == pipeline_) count_.AddEnd(end->id, end->failed, place);
    return;
  }
  const std::optional<DeadLetter> letter = reader_.Read(record);
  if (!letter.has_value() || letter->pipeline != pipeline_) return;
  count_.AddFailure(letter->id, letter->time, place);
}

}  // namespace phoenix
