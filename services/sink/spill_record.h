#ifndef SERVICES_SINK_SPILL_RECORD_H_
#define SERVICES_SINK_SPILL_RECORD_H_

#include <cstdint>

#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/log/log.h"

namespace phoenix {

// A view as a record of a sink's queue on disk. A log keeps batches: of a view
// that selects some rows the record is the batch with a column more that marks
// them, so that each row keeps its number and with it its identity. Rows that
// are not selected lose their contents where that saves more than it costs.
struct SpillRecord {
  EventBatchPtr batch;

  // Stored as the lane of the log's entry: how many events were appended before
  // those of this record, so that who reads on behind a gap knows how many are
  // missing, and whether the batch has the column.
  uint64_t lane = 0;
};

// The most events that a queue counts before it begins anew: never reached.
inline constexpr uint64_t kMaxSpillSequence = uint64_t{1} << 63;

// `sequence`, below kMaxSpillSequence, counts the events before.
SpillRecord ToSpillRecord(const BatchView& view, uint64_t sequence);

// The view that was made a record of, and its place in the count.
struct SpilledView {
  BatchView view;
  uint64_t sequence = 0;
};
SpilledView FromSpillRecord(const LogEntry& entry);

}  // namespace phoenix

#endif  // SERVICES_SINK_SPILL_RECORD_H_
