#include "libs/sources/http/ingest_exchange.h"

#include <string>
#include <utility>

#include "libs/base/text.h"
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
  if (done_) return;
  const absl::Status fed =
      parts_.decompressor->Feed(part, [this](std::string_view plain) {
        return parts_.decoder->Feed(plain, decoded_);
      });
  if (!fed.ok()) return FailBody(fed);
  TakeDecoded();
  if (!done_ && !waiting_for_credit_) Await(Wait::kMoreLines, kLinger);
}

void IngestExchange::OnEnd() {
  if (done_) return;
  absl::Status complete = parts_.decompressor->Finish();
  if (complete.ok()) complete = parts_.decoder->Finish(decoded_);
  if (!complete.ok()) return FailBody(complete);
  ended_ = true;
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
      parts_.decoder->Flush(decoded_);
      return TakeDecoded();
    case Wait::kAdmission:
      return FailFull();
    case Wait::kOutcomes:
      return FailLate();
  }
}

void IngestExchange::TakeDecoded() {
  for (DecodedBatch& decoded : decoded_) {
    for (const DecodeError& error : decoded.errors) {
      outlet_.CountRejected(
          1, error.bytes.empty() ? "EVENT_TOO_LARGE" : "EVENT_INVALID");
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
  done_ = true;
  Await(Wait::kOutcomes, parts_.ack_timeout);
  receipt_->Close();
}

void IngestExchange::FailBody(const absl::Status& status) {
  const bool too_large = absl::IsOutOfRange(status);
  Fail({.http_status = too_large ? 413 : 400,
        .reason = too_large ? "BODY_TOO_LARGE" : "BODY_INVALID",
        .message = std::string(status.message())});
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
  done_ = true;
  waiting_.clear();
  if (receipt_->GiveUp(parts_.ack_timeout) && !failed_) {
    outlet_.CountRejected(1, "ACK_TIMEOUT");
  }
}

// Batches that were taken stay taken: the answer says what became of them.
void IngestExchange::Fail(http::ErrorReport report) {
  outlet_.CountRejected(1, report.reason.c_str());
  done_ = failed_ = true;
  waiting_.clear();
  responder_->PauseReading();
  Await(Wait::kOutcomes, parts_.ack_timeout);
  receipt_->CloseWith(std::move(report));
}

}  // namespace phoenix
