#include "libs/pipeline/broken_fields.h"

namespace phoenix {
namespace {

bool IsWithin(std::string_view path, std::string_view outer) {
  if (outer.empty() || path.size() == outer.size()) return true;
  return path[outer.size()] == '.' || path[outer.size()] == '[';
}

}  // namespace

bool BrokenFields::Touches(std::string_view path) const {
  for (auto it = paths_.lower_bound(path);
       it != paths_.end() && it->compare(0, path.size(), path) == 0; ++it) {
    if (IsWithin(*it, path)) return true;
  }
  return false;
}

}  // namespace phoenix
