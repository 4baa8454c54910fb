#include "tools/phoenix/past/event_search.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

FoundEvent EventAt(const RetainedLog& log, const LogEntry& entry,
                   uint32_t row) {
  return {.batch = entry.batch,
          .row = row,
          .place = LogPlace{.folder = log.folder(),
                            .offset = entry.first_offset + row,
                            .append_time = entry.append_time,
                            .revision = entry.batch->revision()}};
}

// What the log has instead.
std::string WhatThereIs(const RetainedLog& log) {
  if (log.empty()) return "no events";
  return Cat("offsets ", log.first_offset(), " to ", log.end_offset() - 1);
}

}  // namespace

absl::StatusOr<FoundEvent> FindByOffset(const RetainedLog& log,
                                        int64_t offset) {
  const auto reader =
      log.Read({.from_offset = offset, .to_offset = offset + 1});
  PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
  if (!entry || offset < entry->first_offset) {
    return absl::NotFoundError(Cat("no event at offset ", offset,
                                   ": log folder '", log.folder(), "' has ",
                                   WhatThereIs(log)));
  }
  return EventAt(log, *entry,
                 static_cast<uint32_t>(offset - entry->first_offset));
}

absl::StatusOr<FoundEvent> FindById(const RetainedLog& log,
                                    const std::string& id) {
  const auto reader = log.Read({});
  std::optional<FoundEvent> found;
  uint64_t count = 0;
  std::string scratch;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
    if (!entry) break;
    const StringColumn& ids = entry->batch->attribute(Attribute::kId);
    for (uint32_t row = 0; row < entry->batch->size(); ++row) {
      if (ids.Get(row, scratch) != id) continue;
      found = EventAt(log, *entry, row);
      found->others = count++;
    }
  }
  if (found.has_value()) return *std::move(found);
  return absl::NotFoundError(Cat("no event with id '", id, "': log folder '",
                                 log.folder(), "' has ", WhatThereIs(log)));
}

}  // namespace phoenix
