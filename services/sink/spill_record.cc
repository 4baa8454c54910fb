#include "services/sink/spill_record.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_codec.h"

namespace phoenix {
namespace {

// The extension attribute that marks the selected rows. Only looked for where
// the lane says that it is there: producers may send what they like.
constexpr std::string_view kMark = "phoenixspillselected";
constexpr std::string_view kMarked = "true";

using Extensions = std::vector<ExtensionColumn>;

Extensions::iterator FindMark(Extensions& extensions) {
  return std::lower_bound(
      extensions.begin(), extensions.end(), kMark,
      [](const ExtensionColumn& column, std::string_view name) {
        return column.name < name;
      });
}

ExtensionColumn MarkColumn(const BatchView& view) {
  std::vector<ByteRange> ranges(view.batch->size(), StringColumn::kNullRange);
  for (const uint32_t row : view.rows) {
    ranges[row] = {0, static_cast<uint32_t>(kMarked.size())};
  }
  return {.name = std::string(kMark),
          .values = StringColumn::Ranges(
              SharedBytes::FromString(std::string(kMarked)), std::move(ranges)),
          .types = {{AttributeType::kBoolean}}};
}

// The batch without the contents of most rows when few are selected.
EventBatchPtr Thinned(const BatchView& view) {
  if (!ShouldThin(view)) return view.batch;
  absl::StatusOr<EventBatchPtr> thin =
      DecodeEventBatch(EncodeSelection(view).Join());
  return thin.ok() ? *std::move(thin) : view.batch;
}

EventBatchPtr Marked(const BatchView& view) {
  EventBatch::Columns columns = Thinned(view)->columns();
  auto at = FindMark(columns.extensions);
  if (at != columns.extensions.end() && at->name == kMark) {
    at = columns.extensions.erase(at);
  }
  columns.extensions.insert(at, MarkColumn(view));
  return std::make_shared<const EventBatch>(std::move(columns));
}

// Takes the marked rows, and the marks away.
BatchView Unmarked(const EventBatchPtr& batch) {
  BatchView view;
  EventBatch::Columns columns = batch->columns();
  const auto mark = FindMark(columns.extensions);
  if (mark != columns.extensions.end() && mark->name == kMark) {
    for (uint32_t row = 0; row < batch->size(); ++row) {
      if (mark->values.HasValue(row)) view.rows.push_back(row);
    }
    columns.extensions.erase(mark);
  }
  view.batch = std::make_shared<const EventBatch>(std::move(columns));
  return view;
}

}  // namespace

SpillRecord ToSpillRecord(const BatchView& view, uint64_t sequence) {
  const bool whole = view.rows.size() == view.batch->size();
  return {whole ? view.batch : Marked(view), sequence << 1 | (whole ? 0 : 1)};
}

SpilledView FromSpillRecord(const LogEntry& entry) {
  SpilledView spilled{.view = {}, .sequence = entry.lane >> 1};
  if ((entry.lane & 1) != 0) {
    spilled.view = Unmarked(entry.batch);
  } else {
    spilled.view.batch = entry.batch;
    SelectAll(entry.batch->size(), spilled.view.rows);
  }
  return spilled;
}

}  // namespace phoenix
