#include "libs/sources/request_trace.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "libs/base/text.h"
#include "libs/event/string_column.h"
#include "libs/event/string_column_builder.h"
#include "libs/telemetry/trace_context.h"

namespace phoenix {
namespace {

constexpr std::string_view kTraceparent = "traceparent";
constexpr std::string_view kTracestate = "tracestate";

// The context itself, of a later version in the one that is known.
std::string Valid(std::string_view traceparent) {
  const auto context = ParseTraceparent(traceparent);
  if (!context.ok()) return "";
  std::string known = FormatTraceparent(*context);
  return known.size() == traceparent.size() ? std::string(traceparent) : known;
}

// Sets the rows without a value that are not among those of `traced`.
ExtensionColumn Filled(const ExtensionColumn& column, std::string_view value,
                       const StringColumn& traced, uint32_t rows) {
  StringColumnBuilder values;
  std::vector<AttributeType> types(rows, AttributeType::kString);
  std::string scratch;
  for (uint32_t row = 0; row < rows; ++row) {
    if (column.values.HasValue(row)) {
      values.Set(row, column.values.Get(row, scratch));
      types[row] = column.types.at(row);
    } else if (!traced.HasValue(row)) {
      values.Set(row, value);
    }
  }
  return {column.name, values.Build(rows), {std::move(types)}};
}

void Fill(std::string_view name, const std::string& value,
          const StringColumn& traced, EventBatch::Columns& columns) {
  auto& all = columns.extensions;
  const auto place = std::lower_bound(
      all.begin(), all.end(), name,
      [](const auto& column, const auto& key) { return column.name < key; });
  const bool is_there = place != all.end() && place->name == name;
  if (is_there) {
    *place = Filled(*place, value, traced, columns.event_count);
  } else if (traced.is_null()) {
    all.insert(place, {std::string(name), StringColumn::Constant(value)});
  } else {
    all.insert(place, Filled({std::string(name), {}}, value, traced,
                             columns.event_count));
  }
}

}  // namespace

RequestTrace::RequestTrace(std::string_view traceparent,
                           std::string_view tracestate)
    : traceparent_(Valid(traceparent)) {
  if (traceparent_.empty() || !ValidateTracestate(tracestate).ok()) return;
  tracestate_ = tracestate;
}

EventBatchPtr RequestTrace::AddTo(EventBatchPtr batch) const {
  if (traceparent_.empty() || batch == nullptr) return batch;
  const ExtensionColumn* own = batch->FindExtension(kTraceparent);
  const StringColumn traced = own == nullptr ? StringColumn() : own->values;
  EventBatch::Columns columns = batch->columns();
  Fill(kTraceparent, traceparent_, traced, columns);
  if (!tracestate_.empty()) Fill(kTracestate, tracestate_, traced, columns);
  return std::make_shared<const EventBatch>(std::move(columns));
}

void TraceHeaders::Add(std::string_view name, std::string_view value) {
  const auto is = [name](std::string_view other) {
    return absl::EqualsIgnoreCase(ToAbsl(name), ToAbsl(other));
  };
  if (is(kTraceparent)) {
    comes_twice_ |= !traceparent_.empty();
    traceparent_ = value;
  } else if (is(kTracestate)) {
    if (!tracestate_.empty()) tracestate_ += ',';
    tracestate_ += value;
  }
}

RequestTrace TraceHeaders::Read() const {
  if (comes_twice_ || traceparent_.empty()) return {};
  return {traceparent_, tracestate_};
}

}  // namespace phoenix
