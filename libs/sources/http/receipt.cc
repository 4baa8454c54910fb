#include "libs/sources/http/receipt.h"

#include <utility>

#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/sources/not_taken.h"

namespace phoenix {
namespace {

// Long enough for a sink that stalls to come back.
constexpr int kRetryAfterSeconds = 5;

// The index of a row among all elements, of which those in `errors` (ascending)
// are no rows.
uint64_t IndexOfRow(uint64_t row, const std::vector<uint64_t>& errors) {
  for (uint64_t error : errors) {
    if (error > row) break;
    ++row;
  }
  return row;
}

http::Response NotTaken(uint64_t accepted, const absl::Status& why) {
  const bool is_full = accepted == 0 && absl::IsResourceExhausted(why);
  return http::ErrorResponse(
      {.http_status = is_full ? 429 : 503,
       .reason = kNotTaken,
       .message =
           Cat("The events were not taken: ", FromAbsl(why.message()), "."),
       .metadata = {{"accepted", std::to_string(accepted)}},
       .retry_after_seconds = kRetryAfterSeconds});
}

http::Response TryAgain(uint64_t accepted, const absl::Status& why) {
  if (!why.ok()) return NotTaken(accepted, why);
  return http::ErrorResponse(
      {.http_status = 503,
       .reason = "DRAINING",
       .message = "The server is going away; send the events again.",
       .metadata = {{"accepted", std::to_string(accepted)}},
       .retry_after_seconds = 1});
}

}  // namespace

void Receipt::AddError(const DecodeError& error) {
  MutexLock lock(mutex_);
  AddFailure({error.position, EventReason(error.status),
              std::string(error.status.message())});
}

SettleCallback Receipt::ExpectBatch(uint32_t events,
                                    const std::vector<DecodeError>& errors) {
  std::vector<uint64_t> positions;
  for (const DecodeError& error : errors) positions.push_back(error.position);
  {
    MutexLock lock(mutex_);
    ++in_flight_;
    in_flight_events_ += events;
  }
  return [self = shared_from_this(), positions = std::move(positions)](
             const BatchOutcome& outcome) { self->Settle(outcome, positions); };
}

void Receipt::ForgetBatch(uint32_t events) {
  MutexLock lock(mutex_);
  --in_flight_;
  in_flight_events_ -= events;
}

void Receipt::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  RespondIfDone();
}

void Receipt::CloseWith(http::ErrorReport report) {
  {
    MutexLock lock(mutex_);
    failure_ = std::move(report);
  }
  Close();
}

bool Receipt::GiveUp(std::chrono::milliseconds ack_timeout) {
  http::Response response;
  {
    MutexLock lock(mutex_);
    if (std::exchange(answered_, true)) return false;
    response = failure_.has_value() ? Failed() : TooLate(ack_timeout);
    ListFailures(response.body);
  }
  responder_->Respond(std::move(response));
  return true;
}

void Receipt::Settle(const BatchOutcome& outcome,
                     const std::vector<uint64_t>& error_positions) {
  {
    MutexLock lock(mutex_);
    --in_flight_;
    in_flight_events_ -= outcome.size();
    const uint32_t refused = outcome.Count(Outcome::kRejected);
    not_taken_ += outcome.Count(Outcome::kRetry);
    why_not_.Update(WhyNotTaken(outcome));
    accepted_ += outcome.size() - refused - outcome.Count(Outcome::kRetry);
    uint32_t explained = 0;
    for (const OutcomeDetail& detail : outcome.details()) {
      if (outcome.at(detail.row) != Outcome::kRejected) continue;
      ++explained;
      AddFailure({by_line_
                      ? std::nullopt
                      : std::optional(IndexOfRow(detail.row, error_positions)),
                  "EVENT_REJECTED", std::string(detail.status.message())});
    }
    if (refused > explained) rejected_ += refused - explained;
  }
  RespondIfDone();
}

void Receipt::AddFailure(Failure failure) {
  ++rejected_;
  if (failures_.size() < kMaxFailures) failures_.push_back(std::move(failure));
}

void Receipt::RespondIfDone() {
  http::Response response;
  {
    MutexLock lock(mutex_);
    if (!closed_ || in_flight_ > 0 || std::exchange(answered_, true)) return;
    response = Answer();
    ListFailures(response.body);
  }
  responder_->Respond(std::move(response));
}

http::Response Receipt::Answer() const {
  if (not_taken_ > 0) return TryAgain(accepted_, why_not_);
  if (failure_.has_value()) return Failed();
  if (accepted_ > 0 || rejected_ == 0) return Summary();
  const bool listed = !failures_.empty();
  return http::ErrorResponse(
      {.http_status = 400,
       .reason = listed ? failures_[0].reason : "EVENT_REJECTED",
       .message = listed ? failures_[0].message : "every event was refused",
       .metadata = {{"rejected", std::to_string(rejected_)}}});
}

http::Response Receipt::Failed() const {
  http::ErrorReport report = *failure_;
  if (accepted_ + rejected_ + in_flight_events_ > 0) {
    const std::string accepted = std::to_string(accepted_);
    const std::string rejected = std::to_string(rejected_);
    const std::string in_flight = std::to_string(in_flight_events_);
    if (!report.message.ends_with('.')) report.message += '.';
    report.message +=
        Cat(" Of the events before that, ", accepted, " were accepted, ",
            rejected, " refused, and ", in_flight,
            " have no outcome yet; sending them again may deliver them twice.");
    report.metadata.insert(report.metadata.end(), {{"accepted", accepted},
                                                   {"rejected", rejected},
                                                   {"inFlight", in_flight}});
  }
  return http::ErrorResponse(report);
}

// What was taken can't be taken back: sending it again is the producer's
// choice.
http::Response Receipt::TooLate(std::chrono::milliseconds ack_timeout) const {
  const std::string accepted = std::to_string(accepted_);
  const std::string in_flight = std::to_string(in_flight_events_);
  std::string message = "Not all events have their outcome after " +
                        std::to_string(ack_timeout.count()) +
                        " ms (ack_timeout): " + accepted +
                        " were accepted, and " + in_flight +
                        " were taken and may still be delivered, so that "
                        "sending them again may deliver them twice.";
  if (!closed_) message += " What came after them was not taken.";
  return http::ErrorResponse(
      {.http_status = 503,
       .reason = "ACK_TIMEOUT",
       .message = std::move(message),
       .metadata = {{"accepted", accepted},
                    {"rejected", std::to_string(rejected_)},
                    {"inFlight", in_flight}},
       .retry_after_seconds = kRetryAfterSeconds});
}

http::Response Receipt::Summary() const {
  http::Response response;
  std::string& out = response.body;
  out = "{\"accepted\":" + std::to_string(accepted_) +
        ",\"rejected\":" + std::to_string(rejected_) + ",\"ack_level\":\"" +
        std::string(AckLevelName(ack_level_)) + "\"}\n";
  return response;
}

// Whatever the answer, a producer has to know which events will never pass.
void Receipt::ListFailures(std::string& answer) const {
  if (failures_.empty()) return;
  answer.resize(answer.rfind('}'));
  answer += ",\"failures\":[";
  for (size_t i = 0; i < failures_.size(); ++i) {
    if (i > 0) answer += ',';
    AppendFailure(failures_[i], answer);
  }
  answer += "]}\n";
}

void Receipt::AppendFailure(const Failure& failure, std::string& out) const {
  out += '{';
  if (failure.position.has_value()) {
    out += by_line_ ? "\"line\":" : "\"index\":";
    out += std::to_string(*failure.position) + ",";
  }
  out += "\"reason\":";
  AppendJsonText(failure.reason, out);
  out += ",\"message\":";
  AppendJsonText(failure.message, out);
  out += '}';
}

}  // namespace phoenix
