#ifndef LIBS_RULES_VECTOR_COMPARE_H_
#define LIBS_RULES_VECTOR_COMPARE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/rules/vector_node.h"

namespace phoenix {

enum class Comparison : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
};

// a < b and the like, with CEL's rules for mixed numbers.
BoolNodePtr Compare(Comparison comparison, ValueNodePtr a, ValueNodePtr b);

// value in [elements]; the elements are constants.
BoolNodePtr IsIn(ValueNodePtr value, std::vector<ValueNodePtr> elements);

enum class TextTest : uint8_t { kStartsWith, kEndsWith, kContains };

// text.startsWith(part) and the like.
BoolNodePtr TestText(TextTest test, ValueNodePtr text, ValueNodePtr part);

// text.matches(pattern), for a pattern that is a constant; null when it is not
// a valid one.
BoolNodePtr Matches(ValueNodePtr text, std::string_view pattern);

}  // namespace phoenix

#endif  // LIBS_RULES_VECTOR_COMPARE_H_
