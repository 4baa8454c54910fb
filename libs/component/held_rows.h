#ifndef LIBS_COMPONENT_HELD_ROWS_H_
#define LIBS_COMPONENT_HELD_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

// One call of Sink::Write on its way to be settled: for sinks that settle some
// of its rows at once, and others when a buffer or request has been sent.
// Settles as soon as every row has its outcome. Rows are named by their index
// in the view. Thread-compatible.
class WriteInProgress {
 public:
  // `component` is who says the outcomes. Settles at once when `rows` is empty.
  // A sink that asks for the identity later gives it.
  WriteInProgress(uint32_t batch_size, Selection rows, std::string component,
                  SettleCallback settle, BatchIdentity identity = {});

  // The rows [begin, end) have `outcome`. `why` goes with it unless it is OK.
  // No row may be settled twice.
  void Settle(size_t begin, size_t end, Outcome outcome,
              const absl::Status& why = absl::OkStatus());

  size_t unsettled_count() const { return unsettled_; }
  const Selection& rows() const { return rows_; }
  const BatchIdentity& identity() const { return identity_; }

 private:
  const Selection rows_;
  const std::string component_;
  const BatchIdentity identity_;
  SettleCallback settle_;
  BatchOutcome outcome_;
  size_t unsettled_;
};

// Rows, of one write or of several, that will have the same outcome: what
// stands in one buffer. Costs nothing a row while rows are added in order.
// Thread-compatible.
class HeldRows {
 public:
  // Adds the row at `index` of `write`.
  void Add(const std::shared_ptr<WriteInProgress>& write, size_t index) {
    if (!spans_.empty() && spans_.back().write == write &&
        spans_.back().end == index) {
      ++spans_.back().end;
    } else {
      spans_.push_back({write, index, index + 1});
    }
  }

  bool empty() const { return spans_.empty(); }

  // The number of rows.
  size_t size() const;

  // Calls `visit` with each write and the indexes [begin, end) of its rows.
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (const Span& span : spans_) visit(span.write, span.begin, span.end);
  }

  // Takes the rows of `other`, which holds none afterwards.
  void Take(HeldRows& other);

  // Settles all rows and holds none afterwards.
  void Settle(Outcome outcome, const absl::Status& why = absl::OkStatus());

 private:
  struct Span {
    std::shared_ptr<WriteInProgress> write;
    size_t begin;
    size_t end;
  };
  std::vector<Span> spans_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_HELD_ROWS_H_
