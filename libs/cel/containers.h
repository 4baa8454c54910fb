#ifndef LIBS_CEL_CONTAINERS_H_
#define LIBS_CEL_CONTAINERS_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "libs/cel/arena.h"
#include "libs/cel/comparison.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// A list over an array of values.
class ArrayList : public ListValue {
 public:
  // Borrows the array.
  explicit ArrayList(absl::Span<const Value> values) : values_(values) {}

  size_t size() const override { return values_.size(); }
  Value At(size_t index, Arena&) const override { return values_[index]; }

 private:
  absl::Span<const Value> values_;
};

// A list of copies of `values`, made in `arena`.
Value MakeList(absl::Span<const Value> values, Arena& arena);

// A map that is built entry by entry and then only read. Make it in an arena:
// `arena.New<HashedMap>()`.
class HashedMap : public MapValue {
 public:
  // The key must be one (IsMapKey). False when it is there already.
  bool Insert(const Value& key, const Value& value);

  size_t size() const override { return keys_.size(); }
  std::optional<Value> Find(const Value& key, Arena& arena) const override;
  // In the order of insertion.
  const ListValue& Keys(Arena& arena) const override;

 private:
  std::vector<Value> keys_;
  absl::flat_hash_map<Value, Value, KeyHash, KeyEqual> entries_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CONTAINERS_H_
