#ifndef SERVICES_SINK_SETTLE_ROWS_H_
#define SERVICES_SINK_SETTLE_ROWS_H_

#include <string>

#include "absl/status/status.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

// Settles every row of a view alike. What is not OK is the reason of each.
void SettleRows(const BatchView& view, Outcome outcome,
                const std::string& component, const absl::Status& why,
                SettleCallback& settle);

}  // namespace phoenix

#endif  // SERVICES_SINK_SETTLE_ROWS_H_
