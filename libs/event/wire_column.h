#ifndef LIBS_EVENT_WIRE_COLUMN_H_
#define LIBS_EVENT_WIRE_COLUMN_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/event/string_column.h"
#include "libs/event/wire_format.h"

namespace phoenix::wire {

// One column as it is about to be written: measured first, so that a batch is
// written into memory of its exact size. Refers to the column unless bytes had
// to be left out. Not copyable: it may refer to itself.
class Column {
 public:
  // `rows` are those whose bytes are kept, null for all.
  Column(const StringColumn& column, const Selection* rows);
  Column(const PayloadColumn& column, const Selection* rows);
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  bool empty() const { return size_ == 0; }

  // Bytes of the message's content.
  size_t size() const { return size_; }

  // Writes the message as field `id`.
  void Write(uint32_t id, FieldWriter& writer) const;

  // The same in three steps, for a blob that is lent and not copied: what goes
  // before blob(), and what follows it.
  void WriteBeforeBlob(uint32_t id, FieldWriter& writer) const;
  const SharedBytes& blob() const { return blob_; }
  void WriteAfterBlob(FieldWriter& writer) const;

 private:
  void SetRanges(const SharedBytes& blob, const std::vector<ByteRange>& ranges,
                 ByteRange dropped, const Selection* rows);
  void Compact(ByteRange dropped, const Selection* rows);
  void Measure();

  SharedBytes blob_;
  absl::Span<const ByteRange> ranges_;
  std::optional<std::string_view> sequence_prefix_;
  uint64_t sequence_first_ = 0;
  std::string_view kinds_;
  size_t size_ = 0;

  std::vector<ByteRange> compact_ranges_;
};

}  // namespace phoenix::wire

#endif  // LIBS_EVENT_WIRE_COLUMN_H_
