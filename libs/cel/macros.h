#ifndef LIBS_CEL_MACROS_H_
#define LIBS_CEL_MACROS_H_

#include <vector>

#include "libs/cel/ast.h"
#include "libs/cel/source.h"

namespace phoenix::cel {

// Turns the call `id` into what it stands for when it is a macro: has(a.b)
// into a select that tests, e.all(x, p) and its kind into a comprehension.
// Returns the node to use, `id` itself for a plain call. A macro with
// arguments that it can't have is an issue.
NodeId ExpandMacro(Ast& ast, NodeId id, std::vector<Issue>* issues);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_MACROS_H_
