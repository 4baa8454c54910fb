#ifndef LIBS_SINKS_POSTGRES_COPY_ENCODER_H_
#define LIBS_SINKS_POSTGRES_COPY_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/selection.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"
#include "libs/json/path_reader.h"
#include "libs/json/path_set.h"
#include "libs/json/text_arena.h"
#include "libs/sinks/postgres/column.h"

namespace phoenix {

// What stands before and behind the tuples of a binary COPY.
std::string_view CopyHeader();
std::string_view CopyTrailer();

// Turns rows into tuples of a binary COPY. Payloads are walked once for all the
// paths that the columns name, and not at all when they name none; nothing is
// allocated for a row once the buffers have grown. Thread-compatible.
class CopyEncoder {
 public:
  // More columns than a table of PostgreSQL has.
  static constexpr size_t kMaxColumns = 1600;

  struct RowError {
    size_t index;  // In the view.
    absl::Status status;
  };

  // `key` are the indexes of columns that may not be null. At least one column.
  CopyEncoder(std::vector<Column> columns, std::vector<size_t> key);
  CopyEncoder(const CopyEncoder&) = delete;
  CopyEncoder& operator=(const CopyEncoder&) = delete;

  // Appends a tuple for each row of the view to `out`, and where it ends there
  // to `ends`. A row with an error (INVALID_ARGUMENT with column, value and
  // what was expected) has no bytes and stands in `errors`, ascending.
  void Encode(const BatchView& view, std::string& out,
              std::vector<size_t>& ends, std::vector<RowError>& errors);

  const std::vector<Column>& columns() const { return columns_; }

 private:
  // What a column reads of the current batch.
  struct Input {
    enum class Kind : uint8_t {
      kNull,
      kAttribute,
      kPath,
      kPayload,
      kExtensions
    };
    Kind kind = Kind::kNull;
    const StringColumn* attribute = nullptr;
    uint32_t span = 0;
    bool required = false;  // Null is an error.
  };

  void ReadPaths(const BatchView& view);
  void BindAttributes(const EventBatch& batch);
  absl::Status AppendTuple(const EventBatch& batch, uint32_t row,
                           std::string& out);
  absl::Status AppendColumn(size_t column, const EventBatch& batch,
                            uint32_t row, std::string& out);
  absl::Status AppendPath(size_t column, const EventBatch& batch, uint32_t row,
                          std::string& out);
  absl::Status AppendPayload(size_t column, const EventBatch& batch,
                             uint32_t row, std::string& out);
  absl::Status AppendExtensions(size_t column, const EventBatch& batch,
                                uint32_t row, std::string& out);
  absl::Status AppendText(size_t column, std::string_view text,
                          std::string& out);
  absl::Status AppendValue(size_t column, std::string_view value,
                           std::string& out);
  absl::Status AppendNull(size_t column, std::string& out);
  absl::Status NotJson(size_t column, uint32_t row) const;

  const std::vector<Column> columns_;
  std::vector<Input> inputs_;  // One a column.
  PathSet paths_;
  PathReader reader_;  // After the paths, which it refers to.
  PathColumns values_;
  TextArena arena_;
  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> json_errors_;  // Of the current batch, ascending.
  std::string scratch_;
  std::string text_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_COPY_ENCODER_H_
