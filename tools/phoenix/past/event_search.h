#ifndef TOOLS_PHOENIX_PAST_EVENT_SEARCH_H_
#define TOOLS_PHOENIX_PAST_EVENT_SEARCH_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/event/event_batch.h"
#include "libs/log/retained/retained_log.h"
#include "tools/phoenix/past/explanation_text.h"

namespace phoenix {

// An event, and where it was found.
struct FoundEvent {
  EventBatchPtr batch;
  uint32_t row = 0;
  std::optional<LogPlace> place;  // None: not in a log.
  uint64_t others = 0;            // In the log, with the same id.
};

// The event at an offset of a partition, which may be kAllPartitions where
// there is only one. NOT_FOUND tells which there are, INVALID_ARGUMENT that
// the partition is missing or wrong.
absl::StatusOr<FoundEvent> FindByOffset(const RetainedLog& log,
                                        int32_t partition, int64_t offset);

// The last event with an id: of several partitions, the one that was appended
// last. Reads all of the log. NOT_FOUND when there is none.
absl::StatusOr<FoundEvent> FindById(const RetainedLog& log,
                                    const std::string& id);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_EVENT_SEARCH_H_
