#ifndef LIBS_CEL_OVERLOAD_RESOLUTION_H_
#define LIBS_CEL_OVERLOAD_RESOLUTION_H_

#include <optional>
#include <string>
#include <vector>

#include "libs/cel/function.h"
#include "libs/cel/type.h"
#include "libs/cel/type_unifier.h"

namespace phoenix::cel {

// The overloads that a call may mean, and what it gives: dyn when they differ.
struct ResolvedCall {
  std::vector<const Overload*> overloads;
  Type type;
};

// Finds the overloads of `function`, of the given call style, that take the
// arguments; none when none does. Learns type parameters in `unifier`.
std::optional<ResolvedCall> ResolveOverloads(const Function& function,
                                             bool is_member,
                                             const std::vector<Type>& arguments,
                                             TypeUnifier& unifier);

// All overloads of the call style with that many parameters.
std::vector<const Overload*> OverloadsByShape(const Function& function,
                                              bool is_member,
                                              size_t argument_count);

// What `call` gives when dyn operands of + - * / are promoted (see
// CheckOptions): where a dyn operand meets an int, the result may be a double.
void PromoteDynArithmetic(const Function& function,
                          const std::vector<Type>& arguments,
                          ResolvedCall& call);

// "no overload of 'f' takes (int), candidates: (string)".
std::string NoOverloadMessage(const Function& function, bool is_member,
                              std::vector<Type> arguments);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_OVERLOAD_RESOLUTION_H_
