#ifndef LIBS_RULES_FRAME_H_
#define LIBS_RULES_FRAME_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/rules/rule_set.h"
#include "libs/rules/value_column.h"

namespace phoenix {

// Why a rule has no result for a row.
struct RowError {
  uint32_t row = 0;
  absl::Status status;
};
using RowErrors = std::vector<RowError>;

// The state of evaluating a RuleSet's rules over one batch: the columns that
// have been read or computed so far. A lane keeps one Frame and reuses it for
// batch after batch, so that its memory is allocated once. Thread-compatible.
class Frame {
 public:
  explicit Frame(std::shared_ptr<const RuleSet> rules);
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  // Begins with a batch; forgets the one before.
  void Reset(EventBatchPtr batch);

  // The batch as the edits so far have left it.
  const EventBatchPtr& batch() const;

  // Splits `rows` by a condition: `matching` and `others` receive rows in
  // order; rows for which the condition errs go to `errors` and neither of
  // them. All outputs are overwritten but `errors`, which is appended to.
  // `matching` may be the same object as `rows`.
  void Test(RuleId condition, const Selection& rows, Selection& matching,
            Selection& others, RowErrors& errors);

  // The results of an expression for `rows`; values of other rows are
  // unspecified, and those of rows that err are ValueTag::kError. Valid until
  // the next call that changes the frame.
  const ValueColumn& Evaluate(RuleId expression, const Selection& rows,
                              RowErrors& errors);

  // Applies edits to the payloads of `rows` by splicing: bytes that no edit
  // touches are copied once and never re-encoded, and what later rules read of
  // the new payloads is known without parsing them. Rows that err keep their
  // payload. After it batch() is a new batch with the same numbering of rows,
  // in which the payloads of rows outside `rows` are as they were or empty.
  void Apply(EditId edits, const Selection& rows, RowErrors& errors);

  // Replaces the batch by a changed one with the same numbering of rows; the
  // payload columns that were read so far are forgotten.
  void Replace(EventBatchPtr batch);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_FRAME_H_
