#ifndef LIBS_EVENT_STRING_COLUMN_H_
#define LIBS_EVENT_STRING_COLUMN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/byte_range.h"
#include "libs/base/shared_bytes.h"

namespace phoenix {

// One optional string a row, immutable: a column of a batch. What the rows cost
// depends on what they hold: nothing when all are null or equal, nothing when
// they count upwards, else eight bytes a row and each distinct value once.
// Copying shares. Thread-safe.
class StringColumn {
 public:
  enum class Kind : uint8_t { kNull, kConstant, kSequence, kRanges };

  static constexpr ByteRange kNullRange{~0u, ~0u};

  // Null in every row.
  StringColumn() = default;

  // The same value in every row.
  static StringColumn Constant(std::string value);
  static StringColumn Constant(SharedBytes value);

  // `prefix` followed by the decimal number `first + row`.
  static StringColumn Sequence(std::string prefix, uint64_t first);

  // Row i is `ranges[i]` of `blob`, or null where that is kNullRange. Ranges
  // lie within the blob; rows may share bytes.
  static StringColumn Ranges(SharedBytes blob, std::vector<ByteRange> ranges);

  Kind kind() const { return kind_; }

  // True when no row has a value. A kRanges column may still be all null.
  bool is_null() const { return kind_ == Kind::kNull; }

  bool HasValue(uint32_t row) const {
    return kind_ == Kind::kRanges ? (*ranges_)[row] != kNullRange
                                  : kind_ != Kind::kNull;
  }

  // The row's value, empty when null. Valid as long as the column, except that
  // a kSequence value is written to `scratch` and valid as long as that.
  std::string_view Get(uint32_t row, std::string& scratch) const;

  // The row's value as a string of its own.
  std::string ToString(uint32_t row) const;

  // The parts, for codecs. `blob` holds the constant or the sequence's prefix;
  // `ranges` is empty unless kRanges.
  const SharedBytes& blob() const { return blob_; }
  const std::vector<ByteRange>& ranges() const;
  uint64_t sequence_first() const { return sequence_first_; }

  // Memory held, shared parts counted in full.
  size_t memory_bytes() const;

 private:
  Kind kind_ = Kind::kNull;
  SharedBytes blob_;
  std::shared_ptr<const std::vector<ByteRange>> ranges_;
  uint64_t sequence_first_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_STRING_COLUMN_H_
