#include "services/sink/settle_rows.h"

#include <cstdint>

namespace phoenix {

void SettleRows(const BatchView& view, Outcome outcome,
                const std::string& component, const absl::Status& why,
                SettleCallback& settle) {
  BatchOutcome all(view.batch->size());
  all.Merge(view.rows, outcome);
  if (!why.ok()) {
    for (const uint32_t row : view.rows) all.AddDetail({row, component, why});
  }
  settle(all);
}

}  // namespace phoenix
