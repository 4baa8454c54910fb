#ifndef LIBS_SINKS_HTTP_REQUEST_DISPATCHER_H_
#define LIBS_SINKS_HTTP_REQUEST_DISPATCHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/adaptive_limit.h"
#include "libs/base/circuit_breaker.h"
#include "libs/base/clock.h"
#include "libs/sinks/http/body_compressor.h"
#include "libs/sinks/http/http_client.h"
#include "libs/sinks/http/pending_request.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {

// Sends requests, several at a time, and settles their rows by the answers.
//
// A lane has one request under way, so what goes through one lane stays in
// order. How many lanes may send at once adapts (AdaptiveLimit): requests that
// are full say how long one takes, and what is to be tried again says that the
// server has too much to do. A server that does not answer, or with 5xx, again
// and again is left alone for a while (CircuitBreaker).
//
// After an answer that asks to try again nothing more is sent until Resume:
// what would have been is settled as kRetry, held back. Used by one thread.
class RequestDispatcher {
 public:
  // Beyond this a server is better served by larger requests.
  static constexpr int kMaxLanes = 64;

  struct Options {
    bool array = false;  // Lines become the elements of a JSON array.
    BodyCompression compression = BodyCompression::kNone;
    int lanes = 1;  // At most kMaxLanes.
    CircuitBreaker::Options breaker = {};
  };

  // `clock` outlives the dispatcher.
  RequestDispatcher(const Options& options, std::unique_ptr<HttpClient> client,
                    Clock& clock);

  // Sends `rows`, which is empty afterwards, as the next request of `lane`:
  // blocks until it is on its way, or held back. `full`: it is as large as
  // requests get.
  void Send(size_t lane, PendingRequest& rows, bool full);

  // A lane without a request under way; blocks until there is one.
  size_t WaitForFreeLane();

  // Blocks until all that was sent is settled.
  void Drain();

  // Not OK: nothing is sent, and why, as a status of rows that are held back.
  const absl::Status& held_up() const { return held_up_; }

  // Sends again.
  void Resume() { held_up_ = absl::OkStatus(); }

  // As HttpClient::Cancel.
  void Cancel() { client_->Cancel(); }

  size_t lane_count() const { return lanes_.size(); }
  uint64_t requests() const { return requests_; }
  CircuitBreaker::State circuit_state() const { return breaker_.state(); }

  // How many requests may be under way now.
  int limit() const;

  // Publishes the circuit's state and the limit, from now on. `registry`
  // outlives the dispatcher.
  void PublishMetrics(MetricsRegistry& registry, const MetricLabels& labels);

 private:
  using Range = std::pair<size_t, size_t>;

  struct Lane {
    PendingRequest rows;        // Empty: the lane is free.
    std::vector<Range> unsent;  // Of rows, the next one last.
    Range sent;                 // Of rows; while in flight.
    bool in_flight = false;
    bool full = false;
    int64_t began_nanos = 0;
    std::string body;
    std::string compressed;
    std::string key;
  };

  void Step();
  void StartReady();
  void Start(size_t lane);
  absl::Status Post(size_t lane);
  void HoldBack(Lane& lane);
  void OnCompletion(const HttpCompletion& completion);
  void OnAnswer(Lane& lane, const absl::StatusOr<HttpAnswer>& answer);
  absl::Status WithCircuit(const absl::Status& why) const;
  void Learn(const Lane& lane, const HttpCompletion& completion);
  void Publish();

  const Options options_;
  const std::unique_ptr<HttpClient> client_;
  Clock& clock_;
  AdaptiveLimit limit_;
  CircuitBreaker breaker_;
  std::vector<Lane> lanes_;
  int in_flight_ = 0;
  uint64_t requests_ = 0;
  absl::Status held_up_;
  absl::Status last_failure_;  // That the circuit counts.
  std::optional<Gauge> circuit_gauge_;
  std::optional<Gauge> limit_gauge_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_REQUEST_DISPATCHER_H_
