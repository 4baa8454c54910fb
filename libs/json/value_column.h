#ifndef LIBS_JSON_VALUE_COLUMN_H_
#define LIBS_JSON_VALUE_COLUMN_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace phoenix {

// What a row of a ValueColumn holds.
enum class ValueTag : uint8_t {
  kMissing,  // The path is not there.
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kJson,   // An object or array, as its JSON text.
  kOther,  // A value of another CEL type, as its canonical JSON text.
  kError,
};

// One dynamically typed value a row. The representation is parallel arrays, so
// that loops over rows of one type are loops over plain numbers. Strings are
// views: of the batch's payloads where no escape had to be resolved, else of
// the TextArena of whoever filled the column. Thread-compatible.
class ValueColumn {
 public:
  union Word {
    int64_t integer;
    double real;
    const char* text;
  };

  // Makes room for `size` rows, all kMissing.
  void Reset(uint32_t size) {
    tags_.assign(size, ValueTag::kMissing);
    words_.resize(size);
    lengths_.resize(size);
  }
  uint32_t size() const { return static_cast<uint32_t>(tags_.size()); }

  ValueTag tag(uint32_t row) const { return tags_[row]; }
  bool AsBool(uint32_t row) const { return words_[row].integer != 0; }
  int64_t AsInt(uint32_t row) const { return words_[row].integer; }
  uint64_t AsUint(uint32_t row) const {
    return static_cast<uint64_t>(words_[row].integer);
  }
  double AsDouble(uint32_t row) const { return words_[row].real; }
  // Of kString the characters; of kJson and kOther the JSON text.
  std::string_view AsText(uint32_t row) const {
    return std::string_view(words_[row].text, lengths_[row]);
  }

  bool IsNumber(uint32_t row) const {
    return tags_[row] >= ValueTag::kInt && tags_[row] <= ValueTag::kDouble;
  }
  // Of a number of any type.
  double AsNumber(uint32_t row) const {
    if (tags_[row] == ValueTag::kDouble) return AsDouble(row);
    return tags_[row] == ValueTag::kInt ? static_cast<double>(AsInt(row))
                                        : static_cast<double>(AsUint(row));
  }

  void SetTag(uint32_t row, ValueTag tag) { tags_[row] = tag; }
  void SetBool(uint32_t row, bool value) {
    tags_[row] = ValueTag::kBool;
    words_[row].integer = value;
  }
  void SetInt(uint32_t row, int64_t value) {
    tags_[row] = ValueTag::kInt;
    words_[row].integer = value;
  }
  void SetUint(uint32_t row, uint64_t value) {
    tags_[row] = ValueTag::kUint;
    words_[row].integer = static_cast<int64_t>(value);
  }
  void SetDouble(uint32_t row, double value) {
    tags_[row] = ValueTag::kDouble;
    words_[row].real = value;
  }
  // `text` is not copied.
  void SetText(uint32_t row, ValueTag tag, std::string_view text) {
    tags_[row] = tag;
    words_[row].text = text.data();
    lengths_[row] = static_cast<uint32_t>(text.size());
  }
  // The same as row `from_row` of `from`; texts stay where they are.
  void SetFrom(uint32_t row, const ValueColumn& from, uint32_t from_row) {
    tags_[row] = from.tags_[from_row];
    words_[row] = from.words_[from_row];
    lengths_[row] = from.lengths_[from_row];
  }

  void SetRaw(uint32_t row, ValueTag tag, Word word, uint32_t length) {
    tags_[row] = tag;
    words_[row] = word;
    lengths_[row] = length;
  }

  // The arrays themselves, for loops.
  const ValueTag* tags() const { return tags_.data(); }
  const Word* words() const { return words_.data(); }
  const uint32_t* lengths() const { return lengths_.data(); }

 private:
  std::vector<ValueTag> tags_;
  std::vector<Word> words_;
  std::vector<uint32_t> lengths_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_VALUE_COLUMN_H_
