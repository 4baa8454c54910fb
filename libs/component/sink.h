#ifndef LIBS_COMPONENT_SINK_H_
#define LIBS_COMPONENT_SINK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

class MetricsRegistry;

// How sure a sink can be that a row is written once.
// From the least to the most.
enum class DeliveryGuarantee {
  kNone,         // A row may be lost, and may be written again.
  kAtMostOnce,   // blackhole and the like: nothing is kept.
  kAtLeastOnce,  // A resent row may be written again.
  kIdempotent,   // A resent row overwrites itself.
  kExactlyOnce,  // The sink records the position with the data.
};

// A place where events are delivered. One thread calls Open, Write, Flush and
// Close, one call at a time, in this order: Open once; Write and Flush any
// number of times; Close once.
//
// Retrying, queueing, counting and dead-lettering are not the sink's business:
// decorators around it do that (sink_decorators.h).
class Sink {
 public:
  virtual ~Sink() = default;

  // Makes the sink ready (opens files, resolves hosts). An error ends the
  // start of the pipeline and names the option to change.
  virtual absl::Status Open() = 0;

  // Writes rows of a batch, in order, and calls `settle` exactly once with an
  // outcome for each row of the batch that is in `view.rows` (others are left
  // pending):
  //   kDelivered  the destination has it (for files: handed to the operating
  //               system by Flush at the latest),
  //   kRetry      it may work later (with an OutcomeDetail that says why, and,
  //               by HeldBack of held_back.h, whether it was tried at all),
  //   kRejected   it can never work (with an OutcomeDetail that says why).
  // A sink may hold rows to make larger writes, and settles them from a later
  // Write, Flush or Close. May block: it has a thread of its own.
  virtual void Write(BatchView view, SettleCallback settle) = 0;

  // Writes out and settles everything held. Called when the sink's queue runs
  // empty and at least every FlushInterval().
  virtual void Flush() = 0;

  // Flushes and lets go of everything. Write is not called after it.
  virtual absl::Status Close() = 0;

  // Has the sink publish what only it knows, such as how much waits in it. At
  // most once, before Open; `registry` outlives the sink.
  virtual void PublishMetrics(MetricsRegistry& /*registry*/) {}

  // Ends waiting: a Write, Flush or Close that blocks returns soon, and from
  // now on none blocks; what can't be written without waiting settles as
  // kRetry. From any thread, at any time: a shutdown whose time is up.
  virtual void Cancel() {}

  // For rows that have an identity, which a log gives them: what a pipeline
  // makes of it says GuaranteeOf (libs/pipeline/path_guarantee.h).
  virtual DeliveryGuarantee guarantee() const {
    return DeliveryGuarantee::kAtLeastOnce;
  }

  // One past the highest offset of that log and partition (the rest of `log`
  // does not matter) that the sink has on record as written; 0 when it knows
  // none, or keeps no record. After Open, before the first Write; may ask a
  // server: UNAVAILABLE when that does not answer.
  virtual absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& /*log*/) {
    return 0;
  }

  // Whether rows of one key, at least, are written in the order in which they
  // came.
  virtual bool keeps_order() const { return true; }

  // Whether the sink has a use for dead letters only, so that no route may lead
  // to it.
  virtual bool takes_only_dead_letters() const { return false; }

  // Memory that the sink may hold beside its queue, in bytes: part of the bound
  // that `phoenix check` prints.
  virtual size_t max_memory_bytes() const { return 0; }

  // As Operator::Report.
  virtual std::vector<std::string> Report() const { return {}; }
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_H_
