#include "libs/sources/tcp/line_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/sources/not_taken.h"

namespace phoenix {
namespace {

LineSession::Settled Summarise(const BatchOutcome& outcome) {
  LineSession::Settled settled;
  settled.rejected = outcome.Count(Outcome::kRejected);
  settled.not_taken = outcome.Count(Outcome::kRetry);
  settled.why_not_taken = std::string(WhyNotTaken(outcome).message());
  for (const OutcomeDetail& detail : outcome.details()) {
    if (outcome.at(detail.row) != Outcome::kRejected) continue;
    settled.first_refusal = std::string(detail.status.message());
    break;
  }
  return settled;
}

// What a session with such a buffer takes of the allowance.
size_t SharedBytesOf(size_t buffer_bytes) {
  constexpr size_t kOwn = LineSession::kLeastBufferBytes;
  if (buffer_bytes <= kOwn) return 0;
  return LineSession::kCopies * (buffer_bytes - kOwn);
}

NdjsonOptions WithBuffer(NdjsonOptions options, size_t bytes) {
  options.buffer_bytes = bytes;
  return options;
}

}  // namespace

LineSession::LineSession(NdjsonOptions options, uint64_t lane,
                         ByteAllowance& allowance, Outlet& outlet,
                         SettledCallback on_settled)
    : lane_(lane),
      outlet_(outlet),
      on_settled_(std::move(on_settled)),
      max_buffer_bytes_(options.buffer_bytes),
      buffer_bytes_(std::min(options.buffer_bytes, kLeastBufferBytes)),
      share_(allowance),
      decoder_(WithBuffer(std::move(options), buffer_bytes_)) {}

void LineSession::Commit(size_t size) {
  has_undecoded_ = true;
  FitBuffer(size == decoder_.Buffer().size(), size);
  decoder_.Commit(size);
}

// A read that fills its room has left something behind. One that leaves almost
// all of it free needs no large buffer.
void LineSession::FitBuffer(bool filled, size_t size) {
  size_t bytes = buffer_bytes_;
  if (filled) {
    bytes = std::min(2 * bytes, max_buffer_bytes_);
    const size_t needed = SharedBytesOf(std::max(bytes, decoder_.capacity()));
    if (needed > share_.bytes() && !share_.Resize(needed)) return;
  } else if (bytes > kLeastBufferBytes && size < bytes / 16) {
    bytes = std::max(bytes / 2, kLeastBufferBytes);
  }
  if (bytes == buffer_bytes_) return;
  buffer_bytes_ = bytes;
  decoder_.set_buffer_bytes(bytes);
}

// Takes what the buffer has grown by, and gives back what is not used any more.
absl::Status LineSession::Account(absl::Status offered) {
  const size_t needed =
      SharedBytesOf(std::max(decoder_.capacity(), buffer_bytes_));
  if (needed < share_.bytes() && held_back()) return offered;
  if (share_.Resize(needed)) return offered;
  Drop();
  return absl::OutOfRangeError(
      "the source has no memory left for so long a line (max_buffered_bytes)");
}

void LineSession::Drop() {
  waiting_.clear();
  std::vector<DecodedBatch> dropped;
  decoder_.Finish(0, dropped);
  dropped.clear();
  share_.Resize(0);
}

absl::Status LineSession::Flush(int64_t now_nanos) {
  if (has_undecoded_) decoder_.Decode(now_nanos, decoded_);
  has_undecoded_ = false;
  return Account(OfferDecoded());
}

absl::Status LineSession::Finish(int64_t now_nanos) {
  decoder_.Finish(now_nanos, decoded_);
  has_undecoded_ = false;
  buffer_bytes_ = 0;
  return Account(OfferDecoded());
}

absl::Status LineSession::Resume() { return Account(OfferWaiting()); }

void LineSession::OnSettled(const Settled& settled) {
  --in_flight_;
  parts_[settled.sequence - first_part_].is_final = settled.not_taken == 0;
  CountFinalLines();
  if (settled.not_taken > 0) {
    all_taken_ = false;
    if (why_not_taken_.empty()) why_not_taken_ = settled.why_not_taken;
  }
  if (settled.rejected == 0) return;
  replies_.AddError(absl::StrCat("the pipeline refused ", settled.rejected,
                                 " events: ", settled.first_refusal));
}

absl::Status LineSession::OfferDecoded() {
  for (DecodedBatch& decoded : decoded_) {
    for (const DecodeError& error : decoded.errors) Refuse(error);
    decoded.errors.clear();
    waiting_.push_back(std::move(decoded));
  }
  decoded_.clear();
  return OfferWaiting();
}

void LineSession::Refuse(const DecodeError& error) {
  outlet_.CountRejected(1, EventReason(error.status));
  replies_.AddLineError(FromAbsl(error.status.message()), error.position);
}

absl::Status LineSession::OfferWaiting() {
  while (!waiting_.empty()) {
    const bool has_events = waiting_.front().batch != nullptr;
    parts_.push_back({waiting_.front().last_line, /*is_final=*/!has_events});
    if (has_events) {
      absl::Status offered = OfferFirst();
      if (!offered.ok()) {
        parts_.pop_back();
        return offered;
      }
    }
    waiting_.pop_front();
  }
  CountFinalLines();
  return absl::OkStatus();
}

absl::Status LineSession::OfferFirst() {
  const uint64_t sequence = first_part_ + parts_.size() - 1;
  // Counted before it is offered: it may settle at once.
  ++in_flight_;
  absl::Status offered = outlet_.Offer(waiting_.front().batch, lane_,
                                       MakeSettleCallback(sequence));
  if (!offered.ok()) --in_flight_;
  return offered;
}

SettleCallback LineSession::MakeSettleCallback(uint64_t sequence) {
  return [on_settled = on_settled_, sequence](const BatchOutcome& outcome) {
    Settled settled = Summarise(outcome);
    settled.sequence = sequence;
    on_settled(std::move(settled));
  };
}

void LineSession::CountFinalLines() {
  while (!parts_.empty() && parts_.front().is_final) {
    final_lines_ = parts_.front().last_line;
    parts_.pop_front();
    ++first_part_;
  }
}

}  // namespace phoenix
