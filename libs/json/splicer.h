#ifndef LIBS_JSON_SPLICER_H_
#define LIBS_JSON_SPLICER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/json/json_error.h"
#include "libs/json/json_path.h"
#include "libs/json/path_reader.h"
#include "libs/json/path_set.h"

namespace phoenix {

// One change of a JSON text. Paths name keys only, and at least one.
struct JsonEdit {
  enum class Kind : uint8_t { kSet, kRemove, kRename };
  Kind kind = Kind::kSet;
  JsonPath path;
  JsonPath new_path;  // kRename: where the value stands afterwards.
};

// Whether the edits can't be made in one pass over a text, because one changes
// what the other names: their paths, or the beginnings of their paths, meet.
bool Conflict(const JsonEdit& a, const JsonEdit& b);

// The new value of a kSet edit for each row, as JSON text. Borrowed.
struct NewValues {
  const std::string_view* texts = nullptr;
  bool same_for_all_rows = false;

  std::string_view at(uint32_t row) const {
    return same_for_all_rows ? *texts : texts[row];
  }
};

// Makes edits in JSON objects by copying the ranges of the old text that stay,
// with new text between them. What no edit names is copied as it is.
//
// Setting creates the objects that are missing on the way. Removing or renaming
// what is not there changes nothing. Renaming to a key that is there replaces
// that member. One thread; keep one for many batches.
class Splicer {
 public:
  // `edits` must not conflict. Adds the spans that they need to `paths`.
  Splicer(std::vector<JsonEdit> edits, PathSet& paths);

  // The most bytes that Splice() writes for these rows.
  size_t MaxBytes(const IndexedTexts& texts, absl::Span<const uint32_t> rows,
                  absl::Span<const NewValues> values) const;

  // Writes the new texts of `rows` to `out`, one after the other, each followed
  // by a line break, and sets their ranges in `ranges`, which is as long as the
  // batch. `columns` holds the spans of these rows; `values[i]` belongs to the
  // i-th edit. A row that fails (it is no object, or something on the way to
  // what is set is none, or a key that is edited stands there twice) gets an
  // error and no range. Returns the number of bytes written.
  size_t Splice(const IndexedTexts& texts, const PathColumns& columns,
                absl::Span<const uint32_t> rows,
                absl::Span<const NewValues> values, char* out,
                std::vector<ByteRange>& ranges, std::vector<JsonError>& errors);

 private:
  class RowSplice;

  // A key on the path of an edit, below the key or the text that is its parent.
  struct Node {
    enum class Role : uint8_t {
      kInner,      // Only on the way to others.
      kSet,        // Takes a new value.
      kRemove,     //
      kRenameKey,  // Its key is replaced by that of a sibling.
      kReplaced,   // Goes if the sibling that takes its key is there.
      kMoveAway,   // Goes elsewhere.
      kTakeValue,  // Takes the value of `source`.
    };
    Role role = Role::kInner;
    uint32_t span = 0;      // Its column of spans.
    uint32_t edit = 0;      // kSet: whose value.
    uint32_t source = 0;    // kReplaced, kTakeValue: the column of the source.
    std::string key;        // As JSON.
    std::string new_key;    // kRenameKey: as JSON.
    std::string insertion;  // `,"key":`
    JsonPath path;
    std::vector<uint32_t> children;
  };

  // A range of the old text and what stands in its place.
  struct Patch {
    ByteRange range;
    std::string_view text;
  };

  uint32_t NodeAt(const JsonPath& path, PathSet& paths);

  std::vector<Node> nodes_;
  size_t edit_count_;
  size_t max_new_bytes_ = 0;  // A row, values not counted.
  bool moves_values_ = false;
  std::vector<Patch> patches_;
  std::vector<MemberSpan> removals_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_SPLICER_H_
