#ifndef SERVICES_SINK_SPILL_QUEUE_ITEM_H_
#define SERVICES_SINK_SPILL_QUEUE_ITEM_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "services/sink/spill_queue.h"

namespace phoenix {

// A view that the queue has taken. Its members belong to the queue's mutex once
// it is shared.
struct SpillQueue::Item {
  Item(BatchView taken, SettleCallback told, absl::Time now)
      : view(std::move(taken)), settle(std::move(told)), since(now) {}

  uint64_t events() const { return view.rows.size(); }

  BatchView view;              // The rows that are not final.
  SettleCallback settle;       // Null once whoever offered it knows.
  absl::Time since;            // When it came, or was appended.
  uint64_t direct_number = 0;  // In order, of those that went straight on.
  uint64_t sequence = 0;       // Of its record, once it has one.
  bool in_line = false;        // It has no place yet, in memory or on disk.
  bool is_queued = false;      // The queue answers for it.
  bool is_final = false;
  std::optional<uint64_t> chunk;  // Of settled_, once its record was read.
};

}  // namespace phoenix

#endif  // SERVICES_SINK_SPILL_QUEUE_ITEM_H_
