#include "libs/cel/operators.h"

namespace phoenix::cel {

std::string_view DisplayName(std::string_view function) {
  if (function == kConditional) return "?:";
  if (function == kIndex) return "[]";
  if (function == kIn) return "in";
  if (function == kLogicalNot) return "!";
  if (function == kNegate) return "-";
  if (function.size() >= 3 && function.front() == '_' &&
      function.back() == '_') {
    std::string_view symbol = function.substr(1, function.size() - 2);
    // "_a_" is an ordinary function's name.
    if (symbol.find_first_not_of("+-*/%=!<>&|") == std::string_view::npos) {
      return symbol;
    }
  }
  return function;
}

bool IsPromotable(std::string_view function) {
  return function == kAdd || function == kSubtract || function == kMultiply ||
         function == kDivide;
}

}  // namespace phoenix::cel
