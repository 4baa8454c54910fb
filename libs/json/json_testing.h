#ifndef LIBS_JSON_JSON_TESTING_H_
#define LIBS_JSON_JSON_TESTING_H_

#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/byte_range.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"
#include "libs/json/path_reader.h"

namespace phoenix {

// Rows of JSON in one blob, indexed. For tests.
struct JsonRows {
  // With `gap` between the rows.
  explicit JsonRows(const std::vector<std::string>& texts,
                    std::string_view gap = "\n") {
    for (const std::string& text : texts) {
      const auto begin = static_cast<uint32_t>(blob.size());
      blob.append(text);
      rows.push_back({begin, static_cast<uint32_t>(blob.size())});
      blob.append(gap);
    }
    JsonIndexer().Index(blob, rows, index, errors);
    all.resize(rows.size());
    std::iota(all.begin(), all.end(), 0u);
  }

  IndexedTexts texts() const { return {blob, rows, &index}; }

  // The characters at which the row's tokens begin.
  std::string TokensOf(size_t row) const {
    std::string tokens;
    for (uint32_t i = index.first[row]; i < index.first[row + 1]; ++i) {
      tokens += blob[index.tokens[i]];
    }
    return tokens;
  }

  std::string blob;
  std::vector<ByteRange> rows;
  JsonIndex index;
  std::vector<JsonError> errors;
  std::vector<uint32_t> all;  // Every row.
};

// A JSON text as a tree, read by another parser: the model that tests compare
// with. Members keep their order and their duplicates.
struct JsonTree {
  struct Member;

  char kind = 'n';     // n, t, f, i (integer), d (double), ", [ or {
  std::string scalar;  // The string's characters, or the number in words.
  std::vector<Member> members;
  std::vector<JsonTree> elements;

  // None when that parser refuses the text.
  static std::optional<JsonTree> Parse(std::string_view text);

  // The member of that key; null when there is none. `count` is set to how many
  // there are.
  JsonTree* Find(std::string_view key, size_t* count = nullptr);

  // The same text for trees that are equal but for the order of members.
  std::string Canonical() const;
};

struct JsonTree::Member {
  std::string key;
  JsonTree value;
};

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_TESTING_H_
