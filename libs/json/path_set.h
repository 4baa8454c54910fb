#ifndef LIBS_JSON_PATH_SET_H_
#define LIBS_JSON_PATH_SET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libs/json/json_path.h"

namespace phoenix {

// The paths that are to be read of JSON texts, as the tree that they form: so
// one walk over a text reads them all. Build it, then share it: const use is
// thread-safe.
class PathSet {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // A step of one or more paths. Its children have higher numbers.
  struct Node {
    PathStep step;                   // Of the root: unused.
    uint32_t value = kNone;          // The column of values that it fills.
    uint32_t span = kNone;           // The column of spans that it fills.
    std::vector<uint32_t> fields;    // Children by key.
    std::vector<uint32_t> elements;  // Children by index.
  };

  PathSet() : nodes_(1) {}

  // The number of the column that holds the values at `path`; the same for the
  // same path. At most kMaxPathSteps steps.
  uint32_t AddValue(const JsonPath& path);

  // The number of the column that says where the member at `path` stands, and
  // that of every object on the way: what a splicer needs. Keys only.
  uint32_t AddSpan(const JsonPath& path);

  size_t value_count() const { return values_.size(); }
  size_t span_count() const { return spans_.size(); }
  const JsonPath& value_path(uint32_t value) const { return values_[value]; }
  const JsonPath& span_path(uint32_t span) const { return spans_[span]; }

  // nodes()[0] is the root, the whole text.
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  uint32_t Child(uint32_t parent, const PathStep& step);
  uint32_t NodeOf(const JsonPath& path);

  std::vector<Node> nodes_;
  std::vector<JsonPath> values_;
  std::vector<JsonPath> spans_;
};

}  // namespace phoenix

#endif  // LIBS_JSON_PATH_SET_H_
