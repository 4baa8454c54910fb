#ifndef LIBS_CEL_CONSTANT_ERRORS_H_
#define LIBS_CEL_CONSTANT_ERRORS_H_

#include <vector>

#include "libs/cel/program.h"
#include "libs/cel/source.h"

namespace phoenix::cel {

// A part of an expression that reads no variable, and fails whenever it is
// evaluated: `1/0`, `timestamp('x')`, `[1, 2][5]`.
struct ConstantError {
  Issue issue;
  // Whether every evaluation of the whole expression meets it. Else it stands
  // where evaluation may not come or its error may be absorbed: under && or
  // ||, in a branch of ?:, in the body of a macro.
  bool certain = false;
};

// All such parts of `program`, in the order of the text, the largest where one
// lies in another. Evaluates each of them once, within the program's limits.
std::vector<ConstantError> FindConstantErrors(const Program& program);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CONSTANT_ERRORS_H_
