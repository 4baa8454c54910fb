#include "libs/event/outcome.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace phoenix {

std::string_view OutcomeName(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomeCount> kNames = {
      "pending",  "filtered",  "dropped", "deduplicated",
      "merged",   "delivered", "queued",  "dead_lettered",
      "rejected", "retry",     "logged",
  };
  return kNames[static_cast<size_t>(outcome)];
}

void BatchOutcome::Merge(const BatchOutcome& other) {
  const uint32_t size = std::min(this->size(), other.size());
  for (uint32_t row = 0; row < size; ++row) Merge(row, other.rows_[row]);
  details_.insert(details_.end(), other.details_.begin(), other.details_.end());
}

uint32_t BatchOutcome::Count(Outcome outcome) const {
  return static_cast<uint32_t>(std::count(rows_.begin(), rows_.end(), outcome));
}

}  // namespace phoenix
