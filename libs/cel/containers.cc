#include "libs/cel/containers.h"

#include <memory>

namespace phoenix::cel {

Value MakeList(absl::Span<const Value> values, Arena& arena) {
  auto* copy =
      static_cast<Value*>(arena.Allocate(values.size() * sizeof(Value)));
  std::uninitialized_copy(values.begin(), values.end(), copy);
  return Value::List(
      *arena.New<ArrayList>(absl::MakeConstSpan(copy, values.size())));
}

bool HashedMap::Insert(const Value& key, const Value& value) {
  if (!entries_.try_emplace(key, value).second) return false;
  keys_.push_back(key);
  return true;
}

std::optional<Value> HashedMap::Find(const Value& key, Arena&) const {
  // A double is no key, but finds the number that it equals.
  if (!IsMapKey(key) && key.kind() != ValueKind::kDouble) return std::nullopt;
  auto it = entries_.find(key);
  if (it == entries_.end()) return std::nullopt;
  return it->second;
}

const ListValue& HashedMap::Keys(Arena& arena) const {
  return *arena.New<ArrayList>(keys_);
}

}  // namespace phoenix::cel
