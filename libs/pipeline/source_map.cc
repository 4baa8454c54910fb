#include "libs/pipeline/source_map.h"

#include <utility>

namespace phoenix {
namespace {

// `a.b[2]` -> `a.b` -> `a` -> ``.
std::string_view ParentPath(std::string_view path) {
  const size_t end = path.find_last_of(".[");
  return end == std::string_view::npos ? "" : path.substr(0, end);
}

}  // namespace

void SourceMap::Record(std::string path, const YamlNode& node) {
  nodes_[std::move(path)] = &node;
}

std::optional<SourcePosition> SourceMap::Find(std::string_view path,
                                              size_t offset) const {
  auto it = nodes_.find(path);
  if (it == nodes_.end()) return std::nullopt;
  return document_->PositionIn(*it->second, offset);
}

SourcePosition SourceMap::FindNearest(std::string_view path,
                                      size_t offset) const {
  while (true) {
    if (auto found = Find(path, offset)) return *found;
    if (path.empty()) return {};
    path = ParentPath(path);
    offset = 0;
  }
}

}  // namespace phoenix
