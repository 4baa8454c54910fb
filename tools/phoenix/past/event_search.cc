#include "tools/phoenix/past/event_search.h"

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

FoundEvent EventAt(const RetainedLog& log, int32_t partition,
                   const LogEntry& entry, uint32_t row) {
  LogPlace place{.log = log.location(),
                 .offset = entry.first_offset + row,
                 .append_time = entry.append_time,
                 .revision = entry.batch->revision()};
  if (log.partition_count() > 1) place.partition = partition;
  return {.batch = entry.batch, .row = row, .place = std::move(place)};
}

std::string WhatThereIs(const RetainedLog& log) {
  return log.empty() ? "no events" : Cat("offsets ", log.DescribeExtents());
}

// Keeps in `found` the last event with an id of those that it has seen.
absl::Status FindInPartition(const RetainedLog& log, const LogRange& range,
                             const std::string& id,
                             std::optional<FoundEvent>& found) {
  const auto reader = log.Read(range);
  std::string scratch;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
    if (!entry) return absl::OkStatus();
    const StringColumn& ids = entry->batch->attribute(Attribute::kId);
    for (uint32_t row = 0; row < entry->batch->size(); ++row) {
      if (ids.Get(row, scratch) != id) continue;
      const uint64_t others = found.has_value() ? found->others + 1 : 0;
      if (!found || entry->append_time >= found->place->append_time) {
        found = EventAt(log, range.partition, *entry, row);
      }
      found->others = others;
    }
  }
}

}  // namespace

absl::StatusOr<FoundEvent> FindByOffset(const RetainedLog& log,
                                        int32_t partition, int64_t offset) {
  PHOENIX_ASSIGN_OR_RETURN(const auto ranges,
                           log.Split({.partition = partition,
                                      .from_offset = offset,
                                      .to_offset = offset + 1}));
  const int32_t in = ranges[0].partition;
  const auto reader = log.Read(ranges[0]);
  PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
  if (!entry || offset < entry->first_offset) {
    return absl::NotFoundError(Cat("no event at offset ",
                                   log.OffsetName(in, offset), ": ", log.name(),
                                   " has ", WhatThereIs(log)));
  }
  return EventAt(log, in, *entry,
                 static_cast<uint32_t>(offset - entry->first_offset));
}

absl::StatusOr<FoundEvent> FindById(const RetainedLog& log,
                                    const std::string& id) {
  std::optional<FoundEvent> found;
  PHOENIX_ASSIGN_OR_RETURN(const auto ranges, log.Split({}));
  for (const LogRange& range : ranges) {
    PHOENIX_RETURN_IF_ERROR(FindInPartition(log, range, id, found));
  }
  if (found.has_value()) return *std::move(found);
  return absl::NotFoundError(Cat("no event with id '", id, "': ", log.name(),
                                 " has ", WhatThereIs(log)));
}

}  // namespace phoenix
