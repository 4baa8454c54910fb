#include "libs/sources/http/ingest_exchange.h"

#include <string>
#include <utility>

namespace phoenix {

IngestExchange::IngestExchange(Parts parts, Outlet& outlet,
                               std::shared_ptr<http::Responder> responder)
    : parts_(std::move(parts)),
      outlet_(outlet),
      responder_(std::move(responder)),
      receipt_(std::make_shared<Receipt>(responder_, parts_.by_line)) {}

void IngestExchange::OnBody(std::string_view part) {
  if (done_) return;
  const absl::Status fed =
      parts_.decompressor->Feed(part, [this](std::string_view plain) {
        return parts_.decoder->Feed(plain, decoded_);
      });
  if (!fed.ok()) return FailBody(fed);
  TakeDecoded();
  if (!waiting_for_credit_) Linger();
}

void IngestExchange::OnEnd() {
  if (done_) return;
  absl::Status complete = parts_.decompressor->Finish();
  if (complete.ok()) complete = parts_.decoder->Finish(decoded_);
  if (!complete.ok()) return FailBody(complete);
  ended_ = true;
  TakeDecoded();
}

void IngestExchange::OnWake() {
  if (done_ || !waiting_for_credit_) return;
  waiting_for_credit_ = false;
  OfferWaiting();
  if (!waiting_for_credit_ && !ended_) responder_->ResumeReading();
}

void IngestExchange::OnTimer() {
  lingering_ = false;
  if (done_) return;
  if (waiting_for_credit_) {
    if (!any_taken_) FailFull();
  } else if (!ended_) {
    parts_.decoder->Flush(decoded_);
    TakeDecoded();
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
    waiting_.pop_front();
  }
  EndIfAllOffered();
}

absl::Status IngestExchange::OfferFirst() {
  if (*parts_.draining) return absl::UnavailableError("the server is draining");
  const DecodedBatch& next = waiting_.front();
  absl::Status offered = outlet_.Offer(next.batch, parts_.lane,
                                       receipt_->ExpectBatch(next.errors));
  if (!offered.ok()) receipt_->ForgetBatch();
  return offered;
}

void IngestExchange::WaitForCredit(const absl::Status& refusal) {
  waiting_for_credit_ = true;
  responder_->PauseReading();
  if (!any_taken_ && !patience_runs_) {
    patience_runs_ = true;
    held_up_by_ = std::string(refusal.message());
    lingering_ = false;
    responder_->SetTimer(parts_.max_wait);
  }
  outlet_.WhenReady([responder = responder_] { responder->Wake(); });
}

void IngestExchange::Linger() {
  if (lingering_ || done_) return;
  lingering_ = true;
  responder_->SetTimer(kLinger);
}

void IngestExchange::EndIfAllOffered() {
  if (!ended_ || done_) return;
  done_ = true;
  receipt_->Close();
}

void IngestExchange::FailBody(const absl::Status& status) {
  const bool too_large = absl::IsOutOfRange(status);
  outlet_.CountRejected(1, too_large ? "BODY_TOO_LARGE" : "BODY_INVALID");
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
  Fail({.http_status = 429,
        .reason = "QUEUE_FULL",
        .message = "The pipeline is full (" + held_up_by_ +
                   "); send the events again later.",
        .retry_after_seconds = 1});
}

// Batches that were taken stay taken: the answer says how many events settled.
void IngestExchange::Fail(http::ErrorReport report) {
  done_ = true;
  waiting_.clear();
  if (any_taken_) {
    report.metadata.emplace_back("accepted",
                                 std::to_string(receipt_->accepted()));
  }
  responder_->Respond(http::ErrorResponse(report));
}

}  // namespace phoenix
