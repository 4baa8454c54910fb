#ifndef LIBS_JSON_JSON_PATH_H_
#define LIBS_JSON_JSON_PATH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace phoenix {

// One step into a JSON value: a key of an object or an index of an array.
struct PathStep {
  static constexpr uint32_t kNoIndex = UINT32_MAX;

  std::string key;            // When `index` is kNoIndex.
  uint32_t index = kNoIndex;  // From 0.

  bool is_index() const { return index != kNoIndex; }
  friend bool operator==(const PathStep&, const PathStep&) = default;
};

// A place in a JSON text; no step at all means the whole text.
using JsonPath = std::vector<PathStep>;

// More steps than this help nobody, and walks along paths recurse.
inline constexpr size_t kMaxPathSteps = 32;

// Reads a path as rules write it, after its root: "a.b", "a[\"x y\"].c",
// "items[0].id". INVALID_ARGUMENT with what is wrong and at which byte.
absl::StatusOr<JsonPath> ParsePath(std::string_view text);

// The path as ParsePath reads it.
std::string PathText(const JsonPath& path);

// Whether `path` is `prefix` or lies within it.
bool HasPrefix(const JsonPath& path, const JsonPath& prefix);

}  // namespace phoenix

#endif  // LIBS_JSON_JSON_PATH_H_
