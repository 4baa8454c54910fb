#ifndef LIBS_RULES_VECTOR_VALUES_H_
#define LIBS_RULES_VECTOR_VALUES_H_

#include <cstdint>

#include "libs/cel/value.h"
#include "libs/rules/vector_node.h"

namespace phoenix {

// The column of a payload path, by its number.
ValueNodePtr PathColumn(uint32_t path);

// The column of an attribute, by its number.
ValueNodePtr AttributeColumn(uint32_t attribute);

// A constant; null for one that no column can hold.
ValueNodePtr Constant(const cel::Value& value);

enum class Arithmetic : uint8_t {
  kAdd,  // Also joins strings.
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
};

// a + b and the like: of two ints an int, of an int and a double or two doubles
// a double. kError where the operator isn't defined or the result doesn't fit.
ValueNodePtr Compute(Arithmetic operation, ValueNodePtr a, ValueNodePtr b,
                     ScratchCounts& scratch);

// -a
ValueNodePtr Negate(ValueNodePtr operand, ScratchCounts& scratch);

// size(text), in code points.
ValueNodePtr SizeOf(ValueNodePtr text, ScratchCounts& scratch);

}  // namespace phoenix

#endif  // LIBS_RULES_VECTOR_VALUES_H_
