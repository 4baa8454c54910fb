#ifndef LIBS_COMPONENT_SOURCE_H_
#define LIBS_COMPONENT_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/component/ack_level.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {

class MetricsRegistry;

// Input that a source could not turn into events, a row each: what came, and
// why it is no event.
struct UnreadableInput {
  struct Reason {
    absl::Status status;  // Begins with the place: "app.ndjson:17: ...".
    const char* type;     // As of Outlet::CountRejected.
  };

  // The original bytes as payloads. `subject` is the place where they came
  // from; `id` stays the same when they are read again.
  EventBatchPtr rows;
  std::vector<Reason> reasons;  // One for each row.
};

// Where a source puts its batches. Thread-safe.
class Outlet {
 public:
  virtual ~Outlet() = default;

  // Offers a batch. OK: it is taken, and `settle` will be called exactly once,
  // on any thread, when every row has a final outcome, or is kLogged where
  // there is a log, or kRetry when the process stops first or the log fails.
  // Otherwise nothing is taken and `settle` is not called:
  //   RESOURCE_EXHAUSTED  no credit; the message names who holds it up. Pause
  //                       reading, or answer "try again" to whoever sent it.
  //   UNAVAILABLE         the pipeline drains or stops: close the door.
  // Batches of the same `lane` are handled in order; sources give every
  // connection, file or partition a lane number of its own.
  virtual absl::Status Offer(EventBatchPtr batch, uint64_t lane,
                             SettleCallback settle) = 0;

  // Offers input that can't be read, for a source behind which nobody stands
  // who could be answered: it becomes dead letters. Counts it as rejected. As
  // Offer otherwise, but in no order with other offers: each row's outcome is
  // kDeadLettered once the dead-letter sink has it, and a position must not
  // move over the row before that.
  virtual absl::Status OfferUnreadable(UnreadableInput input,
                                       SettleCallback settle) = 0;

  // What producers may be told of rows that settled as neither kRejected nor
  // kRetry.
  virtual AckLevel ack_level() const { return AckLevel::kDelivered; }

  // Calls `ready` once, on any thread, as soon as an offer may succeed again;
  // at once when it may now.
  virtual void WhenReady(absl::AnyInvocable<void()> ready) = 0;

  // Counts input that never became an event (malformed, oversized) and whose
  // producer is told so, or something that the source itself failed to do. It
  // is not among the events received. `reason` is an UPPER_SNAKE word from a
  // small fixed set.
  virtual void CountRejected(uint64_t events, const char* reason) = 0;
};

// A door: takes events in from outside and offers them in batches.
//
// Life: Start once; any time later StopAccepting once, after which the source
// offers nothing new and answers what it still holds as batches settle; then
// Stop once, which returns when no thread of the source runs any more and no
// callback of it will be called. Stop may come without StopAccepting. The
// three are called by one thread and must not block on the pipeline, except
// that Stop may wait for the source's own threads.
class Source {
 public:
  virtual ~Source() = default;

  // Opens the door: binds, opens files, starts threads. Returns once the door
  // is open, or says why it can't be (a port in use, a path that is a
  // directory), naming the option to change. `outlet` outlives the source.
  virtual absl::Status Start(Outlet& outlet) = 0;

  // Closes the door for what is new: connections are refused or told to go
  // away, reading stops.
  virtual void StopAccepting() = 0;

  virtual void Stop() = 0;

  // Has the source publish what only it knows, such as how far behind its
  // origin it is. At most once, before Start; `registry` outlives the source.
  virtual void PublishMetrics(MetricsRegistry& /*registry*/) {}

  // True when the source has come to its end and will never offer again (a
  // file read once, a generator with a count). Thread-safe.
  virtual bool Finished() const { return false; }

  // What of its work fails although it goes on, such as keeping its position;
  // OK when nothing does. An error after Stop makes the run a failed one. A
  // fragment that says what follows. Thread-safe.
  virtual absl::Status Health() const { return absl::OkStatus(); }

  // The words that it may give to Outlet::CountRejected, all of them: their
  // counters are published from the start. Constant.
  virtual std::vector<const char*> refusal_reasons() const { return {}; }

  // Memory that the source may hold beside the events that the pipeline has
  // taken from it, in bytes: part of the bound that `phoenix check` prints.
  // Thread-safe.
  virtual size_t max_memory_bytes() const { return 0; }

  // The largest batch that it offers (EventBatch::memory_bytes), which may pass
  // a bound of bytes that it exceeds when it is alone. The default is that of a
  // source that makes batches within BatchLimits. Thread-safe.
  virtual size_t max_batch_bytes() const { return kUsualBatchBytes; }

 protected:
  // A builder that is full at 4 MiB, before its last event of 1 MiB.
  static constexpr size_t kUsualBatchBytes = 5 << 20;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SOURCE_H_
