#ifndef LIBS_RULES_VECTOR_LOGIC_H_
#define LIBS_RULES_VECTOR_LOGIC_H_

#include <cstdint>
#include <vector>

#include "libs/rules/vector_node.h"

namespace phoenix {

// a && b && c, or with `decisive` true a || b || c: later operands are
// evaluated only for rows that earlier ones have not decided. An unknown
// operand is overruled by a decisive one, as errors are.
BoolNodePtr LogicalChain(std::vector<BoolNodePtr> operands, Truth decisive,
                         ScratchCounts& scratch);

BoolNodePtr Not(BoolNodePtr operand);

BoolNodePtr BoolConstant(bool value);

// A value as a condition: unknown where it is no bool.
BoolNodePtr AsBool(ValueNodePtr value);

// A condition as a value: kError where it is unknown.
ValueNodePtr AsValue(BoolNodePtr condition, ScratchCounts& scratch);

// condition ? a : b, each evaluated only for the rows that take it.
ValueNodePtr Choose(BoolNodePtr condition, ValueNodePtr a, ValueNodePtr b,
                    ScratchCounts& scratch);

// has(parent.field): true where the column `field` has a value; false where it
// has none, but `parent` is an object.
BoolNodePtr HasField(ValueNodePtr field, ValueNodePtr parent);

// Whether an attribute has a value; never unknown.
BoolNodePtr HasAttribute(ValueNodePtr attribute);

}  // namespace phoenix

#endif  // LIBS_RULES_VECTOR_LOGIC_H_
