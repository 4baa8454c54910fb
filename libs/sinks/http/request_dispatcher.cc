#include "libs/sinks/http/request_dispatcher.h"

#include <algorithm>

#include "libs/base/text.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/sink_decorators/retry_after.h"
#include "libs/sinks/http/verdict.h"

namespace phoenix {
namespace {

// The server, or what is between, is in trouble itself; an answer of another
// kind shows that it is there.
bool IsFailure(const absl::StatusOr<HttpAnswer>& answer) {
  return !answer.ok() || answer->status >= 500;
}

Verdict Judge(const absl::StatusOr<HttpAnswer>& answer) {
  return answer.ok() ? VerdictOf(answer->status) : Verdict::kRetry;
}

absl::Status StatusOf(const absl::StatusOr<HttpAnswer>& answer) {
  return answer.ok() ? StatusOfAnswer(*answer) : answer.status();
}

}  // namespace

RequestDispatcher::RequestDispatcher(const Options& options,
                                     std::unique_ptr<HttpClient> client,
                                     Clock& clock)
    : options_(options),
      client_(std::move(client)),
      clock_(clock),
      limit_({.max = std::clamp(options.lanes, 1, kMaxLanes)}),
      breaker_(options.breaker, clock),
      lanes_(std::clamp(options.lanes, 1, kMaxLanes)) {}

void RequestDispatcher::Send(size_t lane, PendingRequest& rows, bool full) {
  Lane& to = lanes_[lane];
  while (!to.rows.empty()) Step();
  std::swap(to.rows, rows);
  to.full = full;
  to.unsent.assign(1, Range(0, to.rows.size()));
  StartReady();
  while (!to.rows.empty() && !to.in_flight) Step();
}

size_t RequestDispatcher::WaitForFreeLane() {
  while (true) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      if (lanes_[i].rows.empty()) return i;
    }
    Step();
  }
}

void RequestDispatcher::Drain() {
  while (in_flight_ > 0) Step();
}

int RequestDispatcher::limit() const {
  // Half open, the circuit lets only the probe through.
  return breaker_.state() == CircuitBreaker::State::kClosed ? limit_.limit()
                                                            : 1;
}

// One answer, and what may be sent because of it.
void RequestDispatcher::Step() {
  OnCompletion(client_->Wait());
  StartReady();
}

void RequestDispatcher::StartReady() {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].unsent.empty() || lanes_[i].in_flight) continue;
    if (held_up_.ok() && in_flight_ < limit()) Start(i);
    if (!held_up_.ok() && !lanes_[i].in_flight) HoldBack(lanes_[i]);
  }
}

void RequestDispatcher::Start(size_t lane) {
  Lane& from = lanes_[lane];
  const absl::Duration wait = breaker_.TryCall();
  Publish();
  if (wait > absl::ZeroDuration()) {
    held_up_ = HeldBack(WithCircuit(last_failure_));
    return;
  }
  from.sent = from.unsent.back();
  from.unsent.pop_back();
  from.began_nanos = clock_.MonotonicNanos();
  const absl::Status posted = Post(lane);
  if (posted.ok()) return;
  breaker_.OnAbandoned();
  OnAnswer(from, posted);
}

absl::Status RequestDispatcher::Post(size_t lane) {
  Lane& from = lanes_[lane];
  const auto [begin, end] = from.sent;
  from.rows.Build(begin, end, options_.array, from.body);
  from.key = from.rows.Key(begin, end);
  HttpPost post = {.body = from.body,
                   .content_encoding = ContentEncoding(options_.compression),
                   .idempotency_key = from.key};
  if (options_.compression != BodyCompression::kNone) {
    const absl::Status compressed =
        CompressBody(options_.compression, from.body, from.compressed);
    if (!compressed.ok()) return compressed;
    post.body = from.compressed;
  }
  ++requests_;
  ++in_flight_;
  from.in_flight = true;
  client_->Start(lane, post);
  return absl::OkStatus();
}

void RequestDispatcher::HoldBack(Lane& lane) {
  for (; !lane.unsent.empty(); lane.unsent.pop_back()) {
    const auto [begin, end] = lane.unsent.back();
    lane.rows.Settle(begin, end, Outcome::kRetry, held_up_);
  }
  lane.rows.Clear();
}

void RequestDispatcher::OnCompletion(const HttpCompletion& completion) {
  Lane& lane = lanes_[completion.call];
  Learn(lane, completion);
  --in_flight_;
  lane.in_flight = false;
  OnAnswer(lane, completion.answer);
  Publish();
}

void RequestDispatcher::OnAnswer(Lane& lane,
                                 const absl::StatusOr<HttpAnswer>& answer) {
  const auto [begin, end] = lane.sent;
  switch (Judge(answer)) {
    case Verdict::kDelivered:
      lane.rows.Settle(begin, end, Outcome::kDelivered, absl::OkStatus());
      break;
    case Verdict::kRetry: {
      const absl::Status why = WithCircuit(StatusOf(answer));
      lane.rows.Settle(begin, end, Outcome::kRetry, why);
      held_up_ = HeldBack(why);
      break;
    }
    case Verdict::kTooMany:
      if (end - begin > 1) {
        const size_t middle = begin + (end - begin) / 2;
        lane.unsent.push_back({middle, end});
        lane.unsent.push_back({begin, middle});
        return;
      }
      [[fallthrough]];
    case Verdict::kRefused:
      lane.rows.Settle(begin, end, Outcome::kRejected, StatusOf(answer));
  }
  if (lane.unsent.empty()) lane.rows.Clear();
}

// Whoever tries again does so when the circuit lets it.
absl::Status RequestDispatcher::WithCircuit(const absl::Status& why) const {
  if (breaker_.state() != CircuitBreaker::State::kOpen) return why;
  const absl::Duration open = breaker_.TimeLeftOpen();
  const std::string text =
      absl::FormatDuration(absl::Trunc(open, absl::Milliseconds(1)));
  absl::Status status(
      why.code(), Cat(FromAbsl(why.message()), "; circuit is open for ", text));
  SetRetryAfter(status, std::max(open, RetryAfterOf(why).value_or(open)));
  return status;
}

void RequestDispatcher::Learn(const Lane& lane,
                              const HttpCompletion& completion) {
  if (absl::IsCancelled(completion.answer.status())) {
    breaker_.OnAbandoned();
    return;
  }
  if (IsFailure(completion.answer)) {
    breaker_.OnFailure();
    last_failure_ = StatusOf(completion.answer);
  } else {
    breaker_.OnSuccess();
  }
  const int64_t began = lane.began_nanos;
  const int64_t ended = began + absl::ToInt64Nanoseconds(completion.took);
  if (Judge(completion.answer) == Verdict::kRetry) {
    limit_.OnOverload(began, ended);
  } else if (lane.full && lane.sent == Range(0, lane.rows.size())) {
    limit_.OnAnswer(began, ended, in_flight_);
  }
}

void RequestDispatcher::PublishMetrics(MetricsRegistry& registry,
                                       const MetricLabels& labels) {
  circuit_gauge_ = registry.AddGauge(metric::kSinkCircuitState, labels);
  limit_gauge_ = registry.AddGauge(metric::kSinkRequestLimit, labels);
  Publish();
}

void RequestDispatcher::Publish() {
  if (!circuit_gauge_.has_value()) return;
  circuit_gauge_->Set(static_cast<double>(breaker_.state()));
  limit_gauge_->Set(limit());
}

}  // namespace phoenix
