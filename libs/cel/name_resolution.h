#ifndef LIBS_CEL_NAME_RESOLUTION_H_
#define LIBS_CEL_NAME_RESOLUTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/cel/environment.h"
#include "libs/cel/function.h"
#include "libs/cel/type.h"

namespace phoenix::cel {

// What a name stands for: a variable, else an enum constant, else a type.
struct ResolvedName {
  const Variable* variable = nullptr;
  std::optional<int64_t> enum_number;
  // The variable's type, or the type that is named.
  Type type;
};

// Looks `name` up in the environment's container, as CEL says: the innermost
// package that knows it wins. A variable hides a type of the same name, so
// that a variable may be called `type`.
std::optional<ResolvedName> ResolveName(const Environment& environment,
                                        std::string_view name);

// The function that a call of `name` means; null when there is none.
const Function* ResolveFunction(const Environment& environment,
                                std::string_view name);

// The message type that a literal names, with its full name; none when there
// is none.
struct ResolvedMessage {
  std::string name;
  Type type;
};
std::optional<ResolvedMessage> ResolveMessage(const Environment& environment,
                                              std::string_view name);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_NAME_RESOLUTION_H_
