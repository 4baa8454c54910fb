#include "libs/flow/test_batch.h"

#include <memory>
#include <utility>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/string_column.h"

namespace phoenix::flow {

BatchView MakeTestBatch(const std::vector<std::string>& payloads) {
  std::string blob;
  std::vector<ByteRange> ranges;
  for (const std::string& payload : payloads) {
    const auto begin = static_cast<uint32_t>(blob.size());
    blob += payload;
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
  }
  EventBatch::Columns columns;
  columns.event_count = static_cast<uint32_t>(payloads.size());
  columns.payload.blob = SharedBytes::FromString(std::move(blob));
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  columns.attributes[static_cast<size_t>(Attribute::kId)] =
      StringColumn::Sequence("event-", 0);
  columns.attributes[static_cast<size_t>(Attribute::kSource)] =
      StringColumn::Constant("/test");
  columns.attributes[static_cast<size_t>(Attribute::kType)] =
      StringColumn::Constant("test");
  BatchView view{std::make_shared<const EventBatch>(std::move(columns)), {}};
  SelectAll(view.batch->size(), view.rows);
  return view;
}

BatchView MakeTestBatch(uint32_t rows, size_t payload_bytes) {
  return MakeTestBatch(
      std::vector<std::string>(rows, std::string(payload_bytes, 'x')));
}

}  // namespace phoenix::flow
