#ifndef LIBS_COMPONENT_OPERATOR_H_
#define LIBS_COMPONENT_OPERATOR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/rules/frame.h"

namespace phoenix {

// One batch on its way through one step, as the operator sees it: the frame
// with the batch and what rules know of it, the rows that reached the step, and
// what becomes of them. Thread-compatible; used on the lane's thread.
class StepRun {
 public:
  explicit StepRun(Frame& frame, Selection& rows)
      : frame_(frame), rows_(rows) {}

  Frame& frame() { return frame_; }
  const EventBatchPtr& batch() const { return frame_.batch(); }

  // The rows that reached the step. The operator leaves here, in order, those
  // that go on; a row that it takes out must be in filtered(), failed() or
  // merged().
  Selection& rows() { return rows_; }

  // Rows that the step drops as it is meant to.
  Selection& filtered() { return filtered_; }

  // Rows on which the step failed, and why: what happens to them says the
  // step's `on_error`. They are not in rows().
  RowErrors& failed() { return failed_; }

 private:
  Frame& frame_;
  Selection& rows_;
  Selection filtered_;
  RowErrors failed_;
};

// A step of a pipeline. One object serves all lanes: Process is called by
// several threads at once, so an operator without state needs no lock, and one
// with state locks once a batch, never once an event.
class Operator {
 public:
  virtual ~Operator() = default;

  // Handles the batch. Never blocks on anything outside the process.
  virtual void Process(StepRun& run) = 0;

  // Operators that make events of their own (statistics, windows): called
  // every second or so by a timer, and with `last` = true once when the
  // pipeline drains. Returns batches that go on from the step after this one.
  virtual std::vector<EventBatchPtr> Tick(absl::Time /*now*/, bool /*last*/) {
    return {};
  }

  // Whether Tick makes events. They have no place in the log, and so no
  // identity: a sink can't know them again.
  virtual bool makes_events() const { return false; }

  // Whether it remembers the events that it has seen, so that one which comes
  // again counts again.
  virtual bool keeps_state() const { return false; }

  // Memory that the operator may hold between batches, in bytes: part of the
  // bound that `phoenix check` prints.
  virtual size_t max_memory_bytes() const { return 0; }

  // One line a thing worth knowing when the run ends ("12 sensors seen");
  // printed in the report.
  virtual std::vector<std::string> Report() const { return {}; }
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_OPERATOR_H_
