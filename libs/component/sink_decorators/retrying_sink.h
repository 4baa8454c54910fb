#ifndef LIBS_COMPONENT_SINK_DECORATORS_RETRYING_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_RETRYING_SINK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/backoff.h"
#include "libs/base/clock.h"
#include "libs/base/random.h"
#include "libs/component/sink.h"
#include "libs/component/sink_decorators/forwarding_sink.h"
#include "libs/component/sink_decorators/sink_monitor.h"
#include "libs/telemetry/log.h"

namespace phoenix {

// Writes rows again that a sink answers with kRetry, after a delay that grows
// and is spread by chance, until they have another outcome or the budget is
// used up. An attempt that settles any of its rows for good is progress: delay
// and budget begin anew for the rest. Rows that the sink held back
// (held_back.h) are not given up with those that it tried: they are next. While
// rows wait nothing that came after them is written, so that order is kept and
// the queue in front fills: that is how a failing destination pushes back.
// Threads as Sink: it blocks in Write, Flush and Close.
class RetryingSink : public ForwardingSink {
 public:
  struct Options {
    std::string name = {};  // Of the component.
    Backoff::Options backoff = {};

    // What one write may use without progress before its rows are given up as
    // kRejected. With the default delays, about as long as a restart of what it
    // writes to.
    int max_attempts = 30;
    absl::Duration max_elapsed = absl::Minutes(5);

    // The longest delay that a destination may ask for (Retry-After).
    absl::Duration max_retry_after = absl::Minutes(1);

    uint64_t random_seed = 0;
  };

  // Waits that long; false when the process stops: rows that still wait are
  // then settled as kRetry.
  using Wait = std::function<bool(absl::Duration)>;

  // `monitor`, which hears of every attempt, and `clock` outlive the sink.
  RetryingSink(std::unique_ptr<Sink> sink, Options options,
               SinkMonitor& monitor, Clock& clock, Wait wait);

  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override;
  absl::Status Close() override;
  std::vector<std::string> Report() const override;

 private:
  struct Attempt;
  using AttemptPtr = std::shared_ptr<Attempt>;

  void Start(const AttemptPtr& attempt);
  void OnSettled(const AttemptPtr& attempt, const BatchOutcome& outcome);
  void TakeOutcome(Attempt& attempt, const BatchOutcome& outcome);
  void CountRetried(Attempt& attempt);
  void WaitInOrder(const AttemptPtr& attempt);
  void OnProgress(Attempt& attempt);
  void CountFailure(const absl::Status& why);
  void RetryAll();
  bool WaitForNext();  // False when the process stops.
  bool HasBudget(const Attempt& attempt) const;
  absl::Duration NextDelay();
  void GiveUp(Attempt& attempt);
  void RejectTried(Attempt& attempt);
  void Settle(Attempt& attempt, const Selection& rows, Outcome outcome,
              const absl::Status& why);

  const Options options_;
  SinkMonitor& monitor_;
  Clock& clock_;
  const Wait wait_;
  const Logger log_;
  Random random_;
  Backoff backoff_;
  std::vector<AttemptPtr> waiting_;  // In the order in which they were written.
  uint64_t writes_ = 0;
  uint64_t failed_attempts_ = 0;
  absl::Status last_error_;
  uint64_t retried_rows_ = 0;
  uint64_t given_up_rows_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_RETRYING_SINK_H_
