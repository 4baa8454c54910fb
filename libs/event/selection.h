#ifndef LIBS_EVENT_SELECTION_H_
#define LIBS_EVENT_SELECTION_H_

#include <cstdint>
#include <numeric>
#include <vector>

#include "libs/event/event_batch.h"

namespace phoenix {

// Rows of a batch: ascending, without duplicates.
using Selection = std::vector<uint32_t>;

// Every row of a batch of `size` rows, written to `rows`.
inline void SelectAll(uint32_t size, Selection& rows) {
  rows.resize(size);
  std::iota(rows.begin(), rows.end(), 0u);
}

// Some rows of a batch: what one stage hands to the next.
struct BatchView {
  EventBatchPtr batch;
  Selection rows;

  // What this view counts as in a queue. A view keeps its whole batch alive, so
  // it counts in full.
  size_t memory_bytes() const {
    return batch->memory_bytes() + rows.size() * sizeof(uint32_t);
  }
};

}  // namespace phoenix

#endif  // LIBS_EVENT_SELECTION_H_
