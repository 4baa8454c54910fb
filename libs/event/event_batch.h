#ifndef LIBS_EVENT_EVENT_BATCH_H_
#define LIBS_EVENT_EVENT_BATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/string_column.h"
#include "libs/json/json_index.h"

namespace phoenix {

// The attributes that CloudEvents 1.0 itself defines.
enum class Attribute : uint8_t {
  kId,
  kSource,
  kType,
  kSubject,
  kTime,
  kDataContentType,
  kDataSchema,
};
inline constexpr size_t kAttributeCount = 7;

// The attribute's name on the wire, such as "datacontenttype".
std::string_view AttributeName(Attribute attribute);

// The attribute of that name, if CloudEvents defines one.
std::optional<Attribute> FindAttribute(std::string_view name);

// The type of an extension attribute's value; numbers as in event_batch.proto.
enum class AttributeType : uint8_t {
  kBoolean = 1,
  kInteger,
  kString,
  kBinary,
  kUri,
  kUriReference,
  kTimestamp,
};

// How a payload came; numbers as in event_batch.proto.
enum class PayloadKind : uint8_t {
  kNone = 1,
  kBinary,
  kText,  // JSON or not, as the content type says.
  kProto,
  kPlainText,  // Without a content type, and no JSON.
};

// A value a row, or one for all rows.
template <typename T>
struct PerRow {
  std::vector<T> values;  // One element: that value in every row.
  T at(uint32_t row) const {
    return values.size() == 1 ? values[0] : values[row];
  }
};

// One extension attribute: values in CloudEvents' canonical string form.
struct ExtensionColumn {
  std::string name;
  StringColumn values;
  PerRow<AttributeType> types{{AttributeType::kString}};
};

// The payloads of a batch: ranges of one blob, ascending or not, never
// overlapping unless equal.
struct PayloadColumn {
  SharedBytes blob;
  std::shared_ptr<const std::vector<ByteRange>> ranges;
  PerRow<PayloadKind> kinds{{PayloadKind::kText}};

  std::string_view at(uint32_t row) const {
    return (*ranges)[row].In(blob.view());
  }

  // The structure of the payloads as JSON, when a decoder or an earlier step
  // has already found it (and so every row is known to be valid JSON); null
  // when nobody has looked.
  std::shared_ptr<const JsonIndex> json_index;
};

// Where a batch stands in a log; see BatchIdentity in event_batch.proto.
struct BatchIdentity {
  std::string log;
  int32_t partition = 0;
  int64_t first_offset = -1;  // Negative: the batch has not been logged.

  // When the partition was assigned to whoever read the batch, in a log that
  // instances share: rises from one assignment to the next. In between another
  // instance may have had the partition. 0: nobody else ever has it.
  int64_t tenure = 0;
};

class EventBatch;
using EventBatchPtr = std::shared_ptr<const EventBatch>;

// An immutable batch of events in columns: the only form in which events exist
// between a door and a sink. Row i is the i-th value of every column. A batch
// that an operator changes is a new EventBatch that shares the columns which
// did not change, and keeps the numbering of the rows. Thread-safe.
class EventBatch {
 public:
  // The most rows a batch holds: an offset within a batch fits 16 bits, and a
  // selection of one stays within the first-level cache.
  static constexpr uint32_t kMaxEvents = 65'536;

  // All that a batch consists of. Every column has `event_count` rows.
  struct Columns {
    uint32_t event_count = 0;
    PayloadColumn payload;
    std::array<StringColumn, kAttributeCount> attributes;
    std::vector<ExtensionColumn> extensions;  // Sorted by name, unique.
    BatchIdentity identity;
    int64_t receive_time_nanos = 0;  // Since 1970, when the door took it.
    std::string pipeline;
    std::string revision;
  };

  explicit EventBatch(Columns columns);

  // A batch that was read from `encoded`, which EncodeEventBatch then returns
  // as it is: what passes unchanged is passed on as the bytes that came.
  EventBatch(Columns columns, SharedBytes encoded);

  uint32_t size() const { return columns_.event_count; }

  const PayloadColumn& payloads() const { return columns_.payload; }
  std::string_view payload(uint32_t row) const {
    return columns_.payload.at(row);
  }

  const StringColumn& attribute(Attribute a) const {
    return columns_.attributes[static_cast<size_t>(a)];
  }

  const std::vector<ExtensionColumn>& extensions() const {
    return columns_.extensions;
  }
  // Null when no row has an extension of that name.
  const ExtensionColumn* FindExtension(std::string_view name) const;

  const BatchIdentity& identity() const { return columns_.identity; }
  int64_t receive_time_nanos() const { return columns_.receive_time_nanos; }
  const std::string& pipeline() const { return columns_.pipeline; }
  const std::string& revision() const { return columns_.revision; }

  // Empty unless the batch came encoded.
  const SharedBytes& encoded() const { return encoded_; }

  // A copy of the columns (the bytes are shared), to build a changed batch of.
  Columns columns() const { return columns_; }

  // The memory that the batch keeps alive, counted once when it was built: what
  // credit, queues and limits count.
  size_t memory_bytes() const { return memory_bytes_; }

 private:
  size_t CountMemory() const;

  Columns columns_;
  SharedBytes encoded_;
  size_t memory_bytes_;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_EVENT_BATCH_H_
