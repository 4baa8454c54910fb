#include "libs/json/path_set.h"

namespace phoenix {

uint32_t PathSet::Child(uint32_t parent, const PathStep& step) {
  const auto& siblings =
      step.is_index() ? nodes_[parent].elements : nodes_[parent].fields;
  for (uint32_t child : siblings) {
    if (nodes_[child].step == step) return child;
  }
  const auto child = static_cast<uint32_t>(nodes_.size());
  nodes_.emplace_back().step = step;
  Node& node = nodes_[parent];
  (step.is_index() ? node.elements : node.fields).push_back(child);
  return child;
}

uint32_t PathSet::NodeOf(const JsonPath& path) {
  uint32_t node = 0;
  for (const PathStep& step : path) node = Child(node, step);
  return node;
}

uint32_t PathSet::AddValue(const JsonPath& path) {
  uint32_t& value = nodes_[NodeOf(path)].value;
  if (value == kNone) {
    value = static_cast<uint32_t>(values_.size());
    values_.push_back(path);
  }
  return value;
}

uint32_t PathSet::AddSpan(const JsonPath& path) {
  if (!path.empty()) AddSpan(JsonPath(path.begin(), path.end() - 1));
  uint32_t& span = nodes_[NodeOf(path)].span;
  if (span == kNone) {
    span = static_cast<uint32_t>(spans_.size());
    spans_.push_back(path);
  }
  return span;
}

}  // namespace phoenix
