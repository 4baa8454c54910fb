#include "libs/flow/simulation/event_numbers.h"

#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/event/event_batch.h"
#include "libs/flow/test_batch.h"

namespace phoenix::flow::simulation {

Outcome ExpectedOutcome(int64_t event) {
  if (IsFiltered(event)) return Outcome::kFiltered;
  if (IsDeadLettered(event)) return Outcome::kDeadLettered;
  if (IsRejected(event)) return Outcome::kRejected;
  return Outcome::kDelivered;
}

BatchView MakeEvents(int64_t first, int64_t count) {
  std::vector<std::string> payloads;
  for (int64_t event = first; event < first + count; ++event) {
    payloads.push_back(std::to_string(event));
  }
  return MakeTestBatch(payloads);
}

BatchView Stamp(const BatchView& view, int64_t attempt) {
  EventBatch::Columns columns = view.batch->columns();
  columns.identity.first_offset = attempt;
  return {std::make_shared<const EventBatch>(std::move(columns)), view.rows};
}

int64_t AttemptOf(const BatchView& view) {
  return view.batch->identity().first_offset;
}

int64_t EventAt(const BatchView& view, uint32_t row) {
  const std::string_view text = view.batch->payload(row);
  int64_t event = 0;
  std::from_chars(text.data(), text.data() + text.size(), event);
  return event;
}

}  // namespace phoenix::flow::simulation
