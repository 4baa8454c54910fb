#ifndef LIBS_CEL_CONFORMANCE_EXPR_VALUE_H_
#define LIBS_CEL_CONFORMANCE_EXPR_VALUE_H_

#include "absl/status/statusor.h"
#include "cel/expr/checked.pb.h"
#include "cel/expr/value.pb.h"
#include "libs/cel/arena.h"
#include "libs/cel/function.h"
#include "libs/cel/protobuf/proto_value.h"
#include "libs/cel/type.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// The value that a message describes; borrows from it. UNIMPLEMENTED for
// enum values, as enums are ints here.
absl::StatusOr<Value> FromExprValue(const ::cel::expr::Value& value,
                                    const ProtoTypes& types, Arena& arena);

// The type that a message describes.
Type FromExprType(const ::cel::expr::Type& type);

// A declared function; without implementation, so that it can be checked but
// not called.
Function FromExprFunction(const ::cel::expr::Decl& declaration);

// Whether the two are the same: the same kind and equal, where NaN equals NaN
// and maps have no order. Stricter than CEL's ==, which has 1 == 1u.
bool IsSameValue(const Value& a, const Value& b, Arena& arena);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CONFORMANCE_EXPR_VALUE_H_
