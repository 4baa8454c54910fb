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
                                 RecordDecoderOptions decode, Clock& clock)
    : partition_(std::move(partition)),
      lane_(absl::HashOf(partition_.topic, partition_.partition)),
      clock_(clock),
      decoder_(std::move(decode)) {
  decoder_.LimitBatches(sizer_->size());
  if (partition_.offset < 0) return;
  BeginAt(partition_.offset);
  committed = partition_.offset;
}

void PartitionReader::BeginAt(int64_t offset) {
  tracker_ = std::make_shared<OffsetTracker>(offset);
  next_offset_ = offset;
  committed = -1;
}

void PartitionReader::Add(const ReceivedRecord& record, int64_t now_nanos) {
  if (tracker_ == nullptr || record.offset < next_offset_) {
    BeginAt(record.offset);
  }
  decoder_.Add(record, now_nanos);
  next_offset_ = record.offset + 1;
}

void PartitionReader::SkipTo(int64_t offset) {
  if (tracker_ == nullptr || offset < next_offset_) BeginAt(offset);
  next_offset_ = offset;
}

void PartitionReader::EndRound(int64_t now_nanos) {
  if (tracker_ == nullptr) return;
  DecodedRecords decoded = decoder_.Take(now_nanos);
  for (size_t i = 0; i < decoded.batches.size(); ++i) {
    Hold(std::move(decoded.batches[i]), {},
         std::move(decoded.batch_offsets[i]));
  }
  for (size_t i = 0; i < decoded.unreadable.size(); ++i) {
    Hold(nullptr, std::move(decoded.unreadable[i]),
         std::move(decoded.unreadable_offsets[i]));
  }
  tracker_->SetEnd(next_offset_);
  decoder_.LimitBatches(sizer_->size());
}

void PartitionReader::Hold(EventBatchPtr batch, UnreadableInput unreadable,
                           std::vector<int64_t> offsets) {
  const size_t bytes = MemoryOf(batch != nullptr ? batch : unreadable.rows);
  held_.push_back({std::move(batch), std::move(unreadable), tracker_,
                   tracker_->Add(std::move(offsets)), bytes});
  held_bytes_ += bytes;
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
  held.tracker->Begin();
  SettleCallback settle =
      [tracker = held.tracker, group = held.group, sizer = sizer_,
       &clock = clock_,
       begun = clock_.MonotonicNanos()](const BatchOutcome& outcome) {
        sizer->Settled(absl::Nanoseconds(clock.MonotonicNanos() - begun));
        tracker->Settle(group, outcome);
      };
  absl::Status offered =
      held.batch != nullptr
          ? outlet.Offer(held.batch, lane_, std::move(settle))
          : outlet.OfferUnreadable(held.unreadable, std::move(settle));
  if (!offered.ok()) held.tracker->Withdraw();
  return offered;
}

void PartitionReader::RewindTo(int64_t offset) {
  held_.clear();
  held_bytes_ = 0;
  BeginAt(offset);
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
