#include "libs/sources/grpc/stream_ledger.h"

#include <string>
#include <utility>

namespace phoenix {

std::optional<PublishError> StreamLedger::Add(int64_t sequence, int64_t bytes,
                                              int64_t events) {
  const int64_t expected = last_sequence() + 1;
  if (sequence != expected) {
    return PublishError{.code = absl::StatusCode::kOutOfRange,
                        .reason = "SEQUENCE_GAP",
                        .message = "Batch has sequence " +
                                   std::to_string(sequence) + "; expected " +
                                   std::to_string(expected) + ".",
                        .field = "batch.sequence"};
  }
  if (bytes_ >= limits_.bytes || events_ >= limits_.events) {
    return PublishError{
        .code = absl::StatusCode::kResourceExhausted,
        .reason = "CREDIT_EXCEEDED",
        .message =
            "The stream has more outstanding than its credit; wait for "
            "acknowledgements."};
  }
  bytes_ += bytes;
  events_ += events;
  outstanding_.push_back({bytes, events, false, {}});
  return std::nullopt;
}

void StreamLedger::DropLast() {
  bytes_ -= outstanding_.back().bytes;
  events_ -= outstanding_.back().events;
  outstanding_.pop_back();
}

void StreamLedger::Settle(int64_t sequence,
                          std::vector<ingest::v1::EventFailure> failures) {
  Batch& batch = outstanding_[sequence - acknowledged_ - 1];
  batch.settled = true;
  batch.failures = std::move(failures);
  while (!outstanding_.empty() && outstanding_.front().settled) {
    Batch& first = outstanding_.front();
    ++acknowledged_;
    bytes_ -= first.bytes;
    events_ -= first.events;
    if (!first.failures.empty()) {
      ingest::v1::BatchFailure failed;
      failed.set_sequence(acknowledged_);
      for (auto& failure : first.failures) {
        *failed.add_failures() = std::move(failure);
      }
      failed_.push_back(std::move(failed));
    }
    outstanding_.pop_front();
  }
}

std::optional<ingest::v1::PublishAcknowledgement>
StreamLedger::TakeAcknowledgement() {
  if (acknowledged_ == reported_) return std::nullopt;
  reported_ = acknowledged_;
  ingest::v1::PublishAcknowledgement acknowledgement;
  acknowledgement.set_acknowledged_sequence(acknowledged_);
  for (auto& failed : failed_) {
    *acknowledgement.add_failed_batches() = std::move(failed);
  }
  failed_.clear();
  return acknowledgement;
}

}  // namespace phoenix
