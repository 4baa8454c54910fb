#ifndef LIBS_EVENT_STRING_COLUMN_BUILDER_H_
#define LIBS_EVENT_STRING_COLUMN_BUILDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/byte_range.h"
#include "libs/event/string_column.h"

namespace phoenix {

// Builds a StringColumn row by row. Values that repeat share their bytes as far
// as a small table of recent ones knows them, so the cost of a value does not
// grow with the batch; a value that is the same in every row becomes a
// constant. Thread-compatible.
class StringColumnBuilder {
 public:
  // Sets the value of `row`, which must be greater than any set before; rows
  // passed over are null. The value is copied.
  void Set(uint32_t row, std::string_view value);

  // Whether a row has been set since the last Build.
  bool empty() const { return ranges_.empty(); }

  // Bytes that the column holds so far.
  size_t byte_size() const {
    return bytes_.size() + ranges_.size() * sizeof(ByteRange);
  }

  // The column, with nulls at its end up to `rows`; the builder is empty then.
  StringColumn Build(uint32_t rows);

 private:
  // Enough for the types, sources and subjects of a busy door; small enough to
  // stay in the first-level cache.
  static constexpr size_t kRecentValues = 64;

  ByteRange Intern(std::string_view value);

  std::string bytes_;
  std::vector<ByteRange> ranges_;
  // By hash; an empty range is a free place.
  std::array<ByteRange, kRecentValues> recent_{};
};

}  // namespace phoenix

#endif  // LIBS_EVENT_STRING_COLUMN_BUILDER_H_
