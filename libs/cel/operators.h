#ifndef LIBS_CEL_OPERATORS_H_
#define LIBS_CEL_OPERATORS_H_

#include <string_view>

namespace phoenix::cel {

// The names that operators have as functions: CEL's own, so that overload
// lists and other implementations can be compared.
inline constexpr std::string_view kConditional = "_?_:_";
inline constexpr std::string_view kLogicalAnd = "_&&_";
inline constexpr std::string_view kLogicalOr = "_||_";
inline constexpr std::string_view kLogicalNot = "!_";
inline constexpr std::string_view kNegate = "-_";
inline constexpr std::string_view kAdd = "_+_";
inline constexpr std::string_view kSubtract = "_-_";
inline constexpr std::string_view kMultiply = "_*_";
inline constexpr std::string_view kDivide = "_/_";
inline constexpr std::string_view kModulo = "_%_";
inline constexpr std::string_view kEquals = "_==_";
inline constexpr std::string_view kNotEquals = "_!=_";
inline constexpr std::string_view kLess = "_<_";
inline constexpr std::string_view kLessEquals = "_<=_";
inline constexpr std::string_view kGreater = "_>_";
inline constexpr std::string_view kGreaterEquals = "_>=_";
inline constexpr std::string_view kIn = "@in";
inline constexpr std::string_view kIndex = "_[_]";

// The operator as written, such as "+" for "_+_"; for a function its name.
std::string_view DisplayName(std::string_view function);

// + - * and /: where an int beside a double is made a double, if promotion of
// dyn operands is asked for (see ProgramOptions).
bool IsPromotable(std::string_view function);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_OPERATORS_H_
