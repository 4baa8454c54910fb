#include "libs/sources/kafka/partition_reader.h"

#include <utility>

#include "absl/hash/hash.h"

namespace phoenix {
namespace {

size_t MemoryOf(const EventBatchPtr& batch) {
  return batch == nullptr ? 0 : batch->memory_bytes();
}

}  // namespace

PartitionReader::PartitionReader(TopicPartition partition,
                                 RecordDecoderOptions decode)
    : partition_(std::move(partition)),
      lane_(absl::HashOf(partition_.topic, partition_.partition)),
      decoder_(std::move(decode)) {}

void PartitionReader::Add(const ReceivedRecord& record, int64_t now_nanos) {
  if (tracker_ == nullptr) {
    tracker_ = std::make_shared<OffsetTracker>(record.offset);
    committed = round_start_ = record.offset;
  }
  decoder_.Add(record, now_nanos);
  next_offset_ = record.offset + 1;
}

void PartitionReader::EndRound(int64_t now_nanos) {
  DecodedRecords decoded = decoder_.Take(now_nanos);
  // What can't be read may stand anywhere among the rest: the position moves
  // once all of the round has settled.
  size_t left = decoded.batches.size() + decoded.unreadable.size();
  const int64_t start = std::exchange(round_start_, next_offset_);
  const auto end = [&] { return --left == 0 ? next_offset_ : start; };
  for (EventBatchPtr& batch : decoded.batches) {
    const size_t bytes = MemoryOf(batch);
    Hold({std::move(batch), {}, end(), bytes});
  }
  for (UnreadableInput& input : decoded.unreadable) {
    const size_t bytes = MemoryOf(input.rows);
    Hold({nullptr, std::move(input), end(), bytes});
  }
}

void PartitionReader::Hold(Held held) {
  held_bytes_ += held.bytes;
  held_.push_back(std::move(held));
}

absl::Status PartitionReader::Offer(Outlet& outlet) {
  while (!held_.empty()) {
    absl::Status offered = OfferOne(held_.front(), outlet);
    if (!offered.ok()) return offered;
    held_bytes_ -= held_.front().bytes;
    held_.pop_front();
  }
  return absl::OkStatus();
}

absl::Status PartitionReader::OfferOne(const Held& held, Outlet& outlet) {
  // Before it is offered: it may settle within the offer.
  const uint64_t offer = tracker_->Begin(held.end);
  SettleCallback settle = [tracker = tracker_,
                           offer](const BatchOutcome& outcome) {
    tracker->Settle(offer, outcome.Count(Outcome::kRetry) == 0);
  };
  absl::Status offered =
      held.batch != nullptr
          ? outlet.Offer(held.batch, lane_, std::move(settle))
          : outlet.OfferUnreadable(held.unreadable, std::move(settle));
  if (!offered.ok()) tracker_->Withdraw();
  return offered;
}

int64_t PartitionReader::Rewind() {
  const int64_t position = tracker_->position();
  held_.clear();
  held_bytes_ = 0;
  tracker_ = std::make_shared<OffsetTracker>(position);
  round_start_ = position;
  return position;
}

bool PartitionReader::Drain(absl::Duration timeout) {
  held_.clear();
  held_bytes_ = 0;
  return tracker_ == nullptr || tracker_->WaitUntilSettled(timeout);
}

int64_t PartitionReader::position() const {
  return tracker_ == nullptr ? -1 : tracker_->position();
}

bool PartitionReader::must_read_again() const {
  return tracker_ != nullptr && tracker_->must_read_again();
}

}  // namespace phoenix
