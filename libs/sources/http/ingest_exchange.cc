#include "libs/sources/http/ingest_exchange.h"

#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/sources/limited_by.h"

namespace phoenix {

IngestExchange::IngestExchange(Parts parts, Outlet& outlet,
                               std::shared_ptr<http::Responder> responder)
    : parts_(std::move(parts)),
      outlet_(outlet),
      responder_(std::move(responder)),
      receipt_(std::make_shared<Receipt>(responder_, parts_.by_line,
                                         outlet.ack_level())) {}

void IngestExchange::OnBody(std::string_view part) {
  if (answer_at_end_) return Discard(part.size());
  if (done_) return;
  const absl::Status fed = parts_.body->Feed(part, decoded_);
  if (!fed.ok()) return FailBody(fed);
  TakeDecoded();
  if (!done_ && !waiting_for_credit_) Await(Wait::kMoreLines, kLinger);
}

void IngestExchange::OnEnd() {
  ended_ = true;
  if (answer_at_end_) return Fail(*std::move(answer_at_end_));
  if (done_) return;
  const absl::Status complete = parts_.body->Finish(decoded_);
  if (!complete.ok()) return FailBody(complete);
  TakeDecoded();
}

bool IngestExchange::OnBroken(const http::ErrorReport& report) {
  if (!done_) Fail(report);
  return true;
}

void IngestExchange::OnWake() {
  if (done_ || !waiting_for_credit_) return;
  waiting_for_credit_ = false;
  OfferWaiting();
  if (done_ || waiting_for_credit_ || ended_) return;
  wait_ = Wait::kNothing;
  responder_->ResumeReading();
}

void IngestExchange::OnTimer() {
  switch (std::exchange(wait_, Wait::kNothing)) {
    case Wait::kNothing:
      return;
    case Wait::kMoreLines:
      if (done_ || ended_) return;
      return FlushLines();
    case Wait::kAdmission:
      return FailFull();
    case Wait::kOutcomes:
      return FailLate();
  }
}

void IngestExchange::FlushLines() {
  const absl::Status flushed = parts_.body->Flush(decoded_);
  if (!flushed.ok()) return FailBody(flushed);
  TakeDecoded();
}

void IngestExchange::TakeDecoded() {
  for (DecodedBatch& decoded : decoded_) {
    for (const DecodeError& error : decoded.errors) {
      outlet_.CountRejected(1, EventReason(error.status));
      receipt_->AddError(error);
    }
    if (decoded.batch != nullptr) waiting_.push_back(std::move(decoded));
  }
  decoded_.clear();
  if (!waiting_for_credit_) OfferWaiting();
}

void IngestExchange::OfferWaiting() {
  while (!waiting_.empty()) {
    const absl::Status offered = OfferFirst();
    if (absl::IsResourceExhausted(offered)) return WaitForCredit(offered);
    if (!offered.ok()) return FailOffer(offered);
    any_taken_ = true;
    // As long as the body comes, what counts is that it goes on at all.
    if (!ended_) wait_ = Wait::kNothing;
    parts_.body->HandOn(*waiting_.front().batch);
    waiting_.pop_front();
  }
  EndIfAllOffered();
}

absl::Status IngestExchange::OfferFirst() {
  if (*parts_.draining) return absl::UnavailableError("the server is draining");
  const DecodedBatch& next = waiting_.front();
  const uint32_t events = next.batch->size();
  absl::Status offered = outlet_.Offer(
      next.batch, parts_.lane, receipt_->ExpectBatch(events, next.errors));
  if (!offered.ok()) receipt_->ForgetBatch(events);
  return offered;
}

void IngestExchange::WaitForCredit(const absl::Status& refusal) {
  waiting_for_credit_ = true;
  responder_->PauseReading();
  if (any_taken_) {
    Await(Wait::kOutcomes, parts_.ack_timeout);
  } else {
    refusal_ = refusal;
    Await(Wait::kAdmission, parts_.max_wait);
  }
  outlet_.WhenReady([responder = responder_] { responder->Wake(); });
}

void IngestExchange::Await(Wait wait, std::chrono::milliseconds delay) {
  if (wait_ == wait) return;
  wait_ = wait;
  responder_->SetTimer(delay);
}

void IngestExchange::EndIfAllOffered() {
  if (!ended_ || done_) return;
  LetGo();
  Await(Wait::kOutcomes, parts_.ack_timeout);
  receipt_->Close();
}

void IngestExchange::FailBody(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return RefuseBody();
  const bool too_large = absl::IsOutOfRange(status);
  Fail({.http_status = too_large ? 413 : 400,
        .reason = too_large ? "BODY_TOO_LARGE" : "BODY_INVALID",
        .message = std::string(status.message())});
}

// An answer in the middle of a body costs the client its connection.
void IngestExchange::RefuseBody() {
  answer_at_end_ = http::ErrorReport{
      .http_status = any_taken_ ? 503 : 429,
      .reason = "QUEUE_FULL",
      .message =
          "The door holds as much of unfinished bodies as "
          "max_buffered_bytes allows; send the events again later.",
      .metadata = {{"option", "max_buffered_bytes"}},
      .retry_after_seconds = 1};
  LetGo();
  if (ended_) return Fail(*std::move(answer_at_end_));
  if (std::exchange(waiting_for_credit_, false)) responder_->ResumeReading();
}

void IngestExchange::Discard(size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > kMaxDiscardedBytes) Fail(*std::move(answer_at_end_));
}

void IngestExchange::FailOffer(const absl::Status& status) {
  Fail({.http_status = 503,
        .reason = "DRAINING",
        .message = std::string(status.message()),
        .retry_after_seconds = 1});
}

void IngestExchange::FailFull() {
  http::ErrorReport report{
      .http_status = 429,
      .reason = "QUEUE_FULL",
      .message = Cat("The pipeline is full (", FromAbsl(refusal_.message()),
                     "); send the events again later."),
      .retry_after_seconds = 1};
  const std::string component = LimitedBy(refusal_);
  if (!component.empty()) report.metadata = {{"component", component}};
  Fail(std::move(report));
}

void IngestExchange::FailLate() {
  LetGo();
  if (receipt_->GiveUp(parts_.ack_timeout) && !failed_) {
    outlet_.CountRejected(1, "ACK_TIMEOUT");
  }
}

// Batches that were taken stay taken: the answer says what became of them.
void IngestExchange::Fail(http::ErrorReport report) {
  outlet_.CountRejected(1, report.reason.c_str());
  failed_ = true;
  LetGo();
  answer_at_end_.reset();
  responder_->PauseReading();
  Await(Wait::kOutcomes, parts_.ack_timeout);
  receipt_->CloseWith(std::move(report));
}

// Nothing more of the body is taken, and it takes no memory.
void IngestExchange::LetGo() {
  done_ = true;
  wait_ = Wait::kNothing;
  decoded_.clear();
  waiting_.clear();
  parts_.body->Drop();
}

}  // namespace phoenix
