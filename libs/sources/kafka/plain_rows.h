#ifndef LIBS_SOURCES_KAFKA_PLAIN_ROWS_H_
#define LIBS_SOURCES_KAFKA_PLAIN_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "libs/base/byte_range.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/event/string_column.h"
#include "libs/json/json_error.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// A batch of plain records with JSON payloads in the making: one copy of each
// payload, one pass of SIMD that checks and indexes all of them, and ids that
// cost nothing while offsets follow each other. Thread-compatible.
class PlainRows {
 public:
  struct Row {
    int64_t offset = 0;
    std::string_view payload = {};
    std::optional<std::string_view> key = {};  // UTF-8.
    AttributeType key_type = AttributeType::kString;
    std::string_view traceparent = {};  // Empty: none.
    std::string_view tracestate = {};
  };

  // Ids are `id_prefix` and the offset.
  PlainRows(std::string id_prefix, EventDefaults defaults);

  // Whether another payload of this size would be too much for a batch.
  bool IsFull(size_t payload_bytes) const;
  bool empty() const { return offsets_.empty(); }
  size_t size() const { return offsets_.size(); }
  void Add(const Row& row);

  // Called for each row that is not JSON.
  using OnInvalid = absl::FunctionRef<void(
      int64_t offset, std::string_view payload, const JsonError& error)>;

  // The batch of the valid rows, null if there are none; begins anew.
  EventBatchPtr Build(int64_t receive_time_nanos, OnInvalid on_invalid);

  // The offsets of the rows of the batch that was built last; once for each.
  std::vector<int64_t> TakeBuiltOffsets() {
    return std::exchange(built_offsets_, {});
  }

 private:
  // Values of an extension: ranges of `text`, as many as rows up to the last
  // that has one.
  struct Extension {
    const char* name;
    std::string text = {};
    std::vector<ByteRange> ranges = {};
    std::vector<AttributeType> types = {};  // Alike; the rest are strings.
  };

  static void Set(size_t row, std::string_view value, Extension& extension);
  static void SetType(size_t row, AttributeType type, Extension& extension);
  void DropInvalid(OnInvalid on_invalid);
  void KeepRow(size_t from, size_t to);
  StringColumn MakeIds() const;
  std::vector<ExtensionColumn> MakeExtensions();
  void Clear();
  void Reserve();

  const std::string id_prefix_;
  const EventDefaults defaults_;
  std::string blob_;
  std::vector<ByteRange> ranges_;
  std::vector<int64_t> offsets_;
  std::vector<int64_t> built_offsets_;
  // Sorted by name, as a batch wants them.
  Extension extensions_[3] = {
      {"partitionkey"}, {"traceparent"}, {"tracestate"}};
  JsonIndexer indexer_;
  std::vector<JsonError> errors_;

  // Of the last batch: the next will be about as large, and what grows by and
  // by is copied again and again.
  struct {
    size_t blob_bytes = 0;
    size_t rows = 0;
    size_t tokens = 0;
  } last_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_PLAIN_ROWS_H_
