#ifndef LIBS_CEL_COMPARISON_H_
#define LIBS_CEL_COMPARISON_H_

#include <compare>
#include <cstddef>
#include <optional>

#include "libs/cel/arena.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// CEL equality: numbers by value across their types, lists, maps and messages
// deeply, values of different kinds are unequal. A bool; or the error of an
// element that could not be read, when no other element decides.
Value EqualValues(const Value& a, const Value& b, Arena& arena);

// The order of two values: numbers across types (an int or uint beside a
// double is compared as a double), bools, strings and bytes by bytes,
// timestamps, durations. None for kinds that have no common order.
std::optional<std::partial_ordering> CompareValues(const Value& a,
                                                   const Value& b);

// The order of two numbers.
std::partial_ordering CompareNumbers(const Value& a, const Value& b);

// For map keys: values that are equal have equal hashes.
struct KeyHash {
  size_t operator()(const Value& key) const;
};
struct KeyEqual {
  bool operator()(const Value& a, const Value& b) const;
};

// bool, int, uint or string.
bool IsMapKey(const Value& value);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_COMPARISON_H_
