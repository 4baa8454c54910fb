#ifndef LIBS_JSON_PATH_READER_H_
#define LIBS_JSON_PATH_READER_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/json/json_index.h"
#include "libs/json/path_set.h"
#include "libs/json/text_arena.h"
#include "libs/json/value_column.h"

namespace phoenix {

// Where a member of an object stands. Offsets count from the row's beginning.
struct MemberSpan {
  ByteRange key;    // With its quotes; empty for the whole text.
  ByteRange value;  // From its first to its last character.
  // The commas beside the member; 0 where it is the first or the last one.
  uint32_t comma_before = 0;
  uint32_t comma_after = 0;
};

// A MemberSpan a row, or none where the object has no such member.
class SpanColumn {
 public:
  enum class State : uint8_t {
    kMissing,
    kPresent,
    kError,  // The key stands there twice.
  };

  void Reset(uint32_t size) {
    states_.assign(size, State::kMissing);
    spans_.resize(size);
  }
  State state(uint32_t row) const { return states_[row]; }
  bool Has(uint32_t row) const { return states_[row] == State::kPresent; }
  const MemberSpan& at(uint32_t row) const { return spans_[row]; }

  void Set(uint32_t row, const MemberSpan& span) {
    states_[row] = State::kPresent;
    spans_[row] = span;
  }
  void SetError(uint32_t row) { states_[row] = State::kError; }

 private:
  std::vector<State> states_;
  std::vector<MemberSpan> spans_;
};

// What a PathReader fills: a column for each value and each span of its set.
struct PathColumns {
  std::vector<ValueColumn> values;
  std::vector<SpanColumn> spans;

  // Everything missing in `row_count` rows.
  void Reset(const PathSet& paths, uint32_t row_count);
};

// JSON texts and their structure: row i is rows[i] of `blob`, and its tokens
// are those of row i in `index`. All is borrowed.
struct IndexedTexts {
  std::string_view blob;
  absl::Span<const ByteRange> rows;
  const JsonIndex* index = nullptr;
};

// Reads the values at a set of paths out of a batch of JSON texts, in one walk
// over each text's tokens that skips what no path wants. Events of one kind
// have their keys in the same order, so each key is first compared with the key
// that the row before had in that place. One thread; keep one for many batches.
class PathReader {
 public:
  // `paths` must outlive the reader.
  explicit PathReader(const PathSet& paths);
  ~PathReader();
  PathReader(const PathReader&) = delete;
  PathReader& operator=(const PathReader&) = delete;

  // Reads the texts in `rows`; only their rows of `columns`, which must be
  // missing still, are written. Strings are views of the blob, or of `arena`
  // where escapes had to be resolved.
  //
  // A value is kError where the text has no tokens (it is not valid), where a
  // key on its path stands twice in its object, and where it is a number that
  // neither an int64 nor a double can hold.
  void Read(const IndexedTexts& texts, absl::Span<const uint32_t> rows,
            TextArena& arena, PathColumns& columns);

 private:
  class Walk;
  struct Node;

  const PathSet& paths_;
  std::vector<Node> nodes_;
  uint64_t objects_read_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_JSON_PATH_READER_H_
