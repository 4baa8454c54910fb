#include "libs/sources/tcp/line_session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

LineSession::Settled Summarise(const BatchOutcome& outcome) {
  LineSession::Settled settled;
  settled.rejected = outcome.Count(Outcome::kRejected);
  settled.not_taken = outcome.Count(Outcome::kRetry);
  for (const OutcomeDetail& detail : outcome.details()) {
    if (outcome.at(detail.row) != Outcome::kRejected) continue;
    settled.first_refusal = std::string(detail.status.message());
    break;
  }
  return settled;
}

}  // namespace

LineSession::LineSession(NdjsonOptions options, uint64_t lane, Outlet& outlet,
                         SettledCallback on_settled)
    : lane_(lane),
      outlet_(outlet),
      on_settled_(std::move(on_settled)),
      decoder_(std::move(options)) {}

absl::Status LineSession::Flush(int64_t now_nanos) {
  if (has_undecoded_) decoder_.Decode(now_nanos, decoded_);
  has_undecoded_ = false;
  return OfferDecoded();
}

absl::Status LineSession::Finish(int64_t now_nanos) {
  decoder_.Finish(now_nanos, decoded_);
  has_undecoded_ = false;
  return OfferDecoded();
}

absl::Status LineSession::Resume() { return OfferWaiting(); }

void LineSession::OnSettled(const Settled& settled) {
  --in_flight_;
  parts_[settled.sequence - first_part_].is_final = settled.not_taken == 0;
  CountFinalLines();
  if (settled.not_taken > 0) all_taken_ = false;
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
  // Of an overlong line nothing was kept.
  outlet_.CountRejected(
      1, error.bytes.empty() ? "EVENT_TOO_LARGE" : "EVENT_INVALID");
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
