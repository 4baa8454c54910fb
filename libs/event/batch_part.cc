#include "libs/event/batch_part.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/byte_range.h"

namespace phoenix {
namespace {

// Ranges with the part of their blob that they refer to.
struct Values {
  SharedBytes blob;
  std::vector<ByteRange> ranges;
};

Values PartOf(const SharedBytes& blob, const std::vector<ByteRange>& ranges,
              uint32_t begin, uint32_t end) {
  Values part;
  part.ranges.assign(ranges.begin() + begin, ranges.begin() + end);
  uint32_t first = ~0u;
  uint32_t last = 0;
  for (const ByteRange& range : part.ranges) {
    if (range == StringColumn::kNullRange || range.size() == 0) continue;
    first = std::min(first, range.begin);
    last = std::max(last, range.end);
  }
  if (first >= last) first = last;
  part.blob = blob.Part(first, last);
  for (ByteRange& range : part.ranges) {
    if (range == StringColumn::kNullRange) continue;
    // An empty one may lie anywhere.
    range = range.begin < range.end
                ? ByteRange{range.begin - first, range.end - first}
                : ByteRange{0, 0};
  }
  return part;
}

StringColumn PartOf(const StringColumn& column, uint32_t begin, uint32_t end) {
  switch (column.kind()) {
    case StringColumn::Kind::kNull:
    case StringColumn::Kind::kConstant:
      return column;
    case StringColumn::Kind::kSequence:
      return StringColumn::Sequence(std::string(column.blob().view()),
                                    column.sequence_first() + begin);
    case StringColumn::Kind::kRanges:
      break;
  }
  Values part = PartOf(column.blob(), column.ranges(), begin, end);
  return StringColumn::Ranges(std::move(part.blob), std::move(part.ranges));
}

template <typename T>
PerRow<T> PartOf(const PerRow<T>& column, uint32_t begin, uint32_t end) {
  if (column.values.size() == 1) return column;
  return {{column.values.begin() + begin, column.values.begin() + end}};
}

PayloadColumn PartOf(const PayloadColumn& column, uint32_t begin,
                     uint32_t end) {
  Values part = PartOf(column.blob, *column.ranges, begin, end);
  return {.blob = std::move(part.blob),
          .ranges = std::make_shared<const std::vector<ByteRange>>(
              std::move(part.ranges)),
          .kinds = PartOf(column.kinds, begin, end),
          .json_index = nullptr};
}

}  // namespace

EventBatchPtr BatchPart(const EventBatch& batch, uint32_t begin, uint32_t end) {
  EventBatch::Columns columns = batch.columns();
  columns.event_count = end - begin;
  columns.identity = {};
  columns.payload = PartOf(columns.payload, begin, end);
  for (StringColumn& column : columns.attributes) {
    column = PartOf(column, begin, end);
  }
  for (ExtensionColumn& extension : columns.extensions) {
    extension.values = PartOf(extension.values, begin, end);
    extension.types = PartOf(extension.types, begin, end);
  }
  return std::make_shared<const EventBatch>(std::move(columns));
}

}  // namespace phoenix
