#ifndef LIBS_SINKS_KAFKA_PENDING_WRITES_H_
#define LIBS_SINKS_KAFKA_PENDING_WRITES_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/held_rows.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

class PendingWrites;

// One write whose rows are under way. Keeps its batch, and so the payloads that
// the producer refers to, alive until the last row has settled.
class PendingWrite {
 public:
  // A row's place, whose address is the token of its record.
  struct Row {
    PendingWrite* write;
  };

  PendingWrite(BatchView view, std::string component, SettleCallback settle);

  const EventBatch& batch() const { return *view_.batch; }
  const Selection& rows() const { return view_.rows; }
  Row* row(size_t index) { return &places_[index]; }
  size_t IndexOf(const Row* row) const { return row - places_.data(); }
  size_t memory_bytes() const { return memory_bytes_; }

  // Settles the row at `index` of the view.
  void Settle(size_t index, Outcome outcome, const absl::Status& why);
  bool settled() const { return in_progress_.unsettled_count() == 0; }

 private:
  friend class PendingWrites;

  const BatchView view_;
  const size_t memory_bytes_;
  WriteInProgress in_progress_;
  std::vector<Row> places_;
  std::list<std::unique_ptr<PendingWrite>>::iterator self_;
};

// The writes that are under way, and what they hold. Thread-compatible.
class PendingWrites {
 public:
  // Takes a write in. A view without rows is settled at once and null.
  PendingWrite* Add(BatchView view, const std::string& component,
                    SettleCallback settle);

  // Settles a row of a pending write; the write is gone with its last row.
  void Settle(const PendingWrite::Row* row, Outcome outcome,
              const absl::Status& why = absl::OkStatus());

  bool empty() const { return writes_.empty(); }
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  std::list<std::unique_ptr<PendingWrite>> writes_;
  size_t memory_bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_PENDING_WRITES_H_
