#ifndef SERVICES_INGESTOR_LOG_DISPATCHER_H_
#define SERVICES_INGESTOR_LOG_DISPATCHER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/backoff.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/base/random.h"
#include "libs/base/settled_prefix.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/executor.h"
#include "libs/flow/sender.h"
#include "libs/log/log.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "services/ingestor/in_flight_budget.h"

namespace phoenix {

// Hands what one partition of a log holds to the lanes, from the cursor on, and
// moves the cursor over the prefix that has its final outcome. Rows that come
// back as kRetry are offered again after a while and hold the cursor and their
// lane; what was on its way by then may pass them. So after a restart exactly
// those batches come again that were not final, under the same identity. Those
// of one run are final before anything of the next follows: who sent them may
// have come back by another connection, and so in another lane.
//
// Reads on the executor only, never on the log's thread, and no further than
// the budget lets in. Thread-safe.
class LogDispatcher : public std::enable_shared_from_this<LogDispatcher> {
 public:
  struct Options {
    int32_t partition = 0;

    // Others append too and may take the partition over: all that is read
    // counts as recovered, and nothing has to wait for it.
    bool shared = false;

    // How far an entry that is handed on may lie beyond the cursor, in offsets:
    // as far back at least sinks remember what they have.
    int64_t max_span = 64 << 20;

    // Before rows that came back are offered again, and before a log that
    // could not be read is read again.
    Backoff::Options retry = {};
  };

  // What the dispatcher works with. All outlives it, the log also the tasks on
  // the executor.
  struct Environment {
    Log& log;
    std::vector<std::shared_ptr<flow::Sender>> lanes;  // At least one.
    InFlightBudget& budget;
    PipelineMetrics& metrics;
    flow::Executor& executor;  // Runs one task at a time.
    Clock& clock;
    uint64_t random_seed;
  };

  // Events, since the start unless said otherwise.
  struct Stats {
    uint64_t read = 0;
    uint64_t recovered = 0;            // Of those: in the log before the start,
    uint64_t recovered_in_flight = 0;  // and now: not final.
    uint64_t resent = 0;               // Each time that one was offered again.
    uint64_t in_flight = 0;            // Now: read, not final.
    bool at_end = false;               // Now: nothing was left to read.

    // These are of a log that counts what was not read (LogReader::unread):
    // now, to be handed on, and lost before that, or before they were final.
    uint64_t unread = 0;
    uint64_t dropped = 0;
    uint64_t damaged = 0;
  };

  static std::shared_ptr<LogDispatcher> Create(const Options& options,
                                               Environment environment);

  // Use Create.
  LogDispatcher(const Options& options, Environment environment);

  LogDispatcher(const LogDispatcher&) = delete;
  LogDispatcher& operator=(const LogDispatcher&) = delete;

  // Begins at the cursor; call it before anything is appended, so that what is
  // recovered can be told from what is new. Once.
  absl::Status Start();

  // Waits until everything that is in the log has its final outcome; false when
  // `timeout` has passed first. Whoever appends has stopped to.
  bool Drain(absl::Duration timeout);

  // Reads and offers nothing more. What is in the lanes still settles; what
  // does not become final stays in the log. Idempotent.
  void Stop();

  // As Stop, and lets the partition go: waits up to `timeout` for what is in
  // the lanes. What is not final then is counted as given back, and settles
  // unheard. False when there was any.
  bool Release(absl::Duration timeout);

  Stats stats() const;

  // Settles in the pipeline's books what the log has lost since the last call.
  // To be called again when the log is closed.
  void SettleLost();

 private:
  // A batch on its way: the rows of it that are not final.
  struct Work {
    LogEntry entry;
    Selection rows;
    uint64_t chunk = 0;  // Of settled_.
  };

  // What one lane could not take yet, by offset.
  struct Queue {
    std::map<int64_t, Work> waiting;
    bool paused = false;  // Until its lane has room, or a retry is due.
    Backoff backoff;
  };

  // Those of the executor.
  void Pump();
  bool PumpOne();
  bool ReadNext();
  void Dispatch(LogEntry entry);
  bool Enqueue(size_t lane, Work work);
  void OfferWaiting(size_t lane);
  std::optional<Work> TakeWaiting(size_t lane);
  void PauseUntilReady(size_t lane, Work work);
  void ReadLater(const absl::Status& why);
  void NoteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Those of any thread.
  void PumpSoon();
  void ResumeAfter(size_t lane, absl::Duration delay);
  void Resume(size_t lane);
  void OnSettled(size_t lane, Work work, const BatchOutcome& outcome);
  uint64_t CountFinal(const Work& work, const BatchOutcome& outcome) const;
  void Retry(size_t lane, Work work, uint64_t settled);
  bool IsRecovered(const LogEntry& entry) const {
    return entry.first_offset < recovered_end_;
  }
  void CountDown(const Work& work, uint64_t settled)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HoldBack(const Work& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t GiveUpHeld(int64_t log_cursor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayFollow(const LogEntry& entry);
  bool BeginSettling();
  bool stopping() const;

  const Options options_;
  const Environment environment_;
  int64_t recovered_end_ = 0;        // Constant once started, as the next.
  bool recovered_is_known_ = false;  // How many events it is.
  std::optional<SettledPrefix> settled_;

  // Only used on the executor.
  std::unique_ptr<LogReader> reader_;
  std::optional<LogEntry> next_;  // Read, and over the budget.

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Queue> queues_ ABSL_GUARDED_BY(mutex_);  // By lane.
  Random random_ ABSL_GUARDED_BY(mutex_);
  Backoff read_backoff_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool released_ ABSL_GUARDED_BY(mutex_) = false;
  int settling_ ABSL_GUARDED_BY(mutex_) = 0;  // Outcomes that are looked at.
  bool next_is_far_ ABSL_GUARDED_BY(mutex_) = false;

  // Not final when it was stopped, together and by the ends of their entries.
  uint64_t held_back_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, uint64_t> held_ ABSL_GUARDED_BY(mutex_);

  // Of next_: the events that are to be handed on, and their end.
  uint64_t next_events_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t next_end_ ABSL_GUARDED_BY(mutex_) = 0;

  // The end counts as seen by a drain when it was reached after the drain
  // began.
  uint64_t drains_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<uint64_t> end_seen_in_ ABSL_GUARDED_BY(mutex_);
  Stats stats_ ABSL_GUARDED_BY(mutex_);
  uint64_t dropped_held_ ABSL_GUARDED_BY(mutex_) = 0;  // Of stats_.dropped.
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_LOG_DISPATCHER_H_
