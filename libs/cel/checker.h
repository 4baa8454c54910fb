#ifndef LIBS_CEL_CHECKER_H_
#define LIBS_CEL_CHECKER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/cel/ast.h"
#include "libs/cel/environment.h"
#include "libs/cel/function.h"
#include "libs/cel/source.h"
#include "libs/cel/type.h"

namespace phoenix::cel {

// What the checker found out about a node.
struct NodeInfo {
  static constexpr uint32_t kNoLocal = UINT32_MAX;

  // What the node evaluates to.
  Type type;
  // kIdent: the variable, null for an iteration variable (see `local`), or
  // for a name that a lenient check did not know.
  const Variable* variable = nullptr;
  // kIdent: the slot of the iteration variable that it names.
  // kComprehension: the slot of its first variable; its second one has the
  // next. Slots number the variables by nesting depth, from 0.
  uint32_t local = kNoLocal;
  // kCall: null only after a lenient check that knew no such function.
  const Function* function = nullptr;
  // kCall: the overloads that fit the static types. Exactly one, with no
  // dynamic operand, means that no choice is left for run time; several or
  // none (lenient) that the values decide.
  std::vector<const Overload*> overloads;
};

// An expression with every name resolved and every node typed. The checker
// leaves simple shapes to whoever compiles or evaluates it:
// - a qualified variable (a.b.c) is one kIdent node with the full name;
// - an enum constant or a type name is a kConstant;
// - a namespaced function (a.b.f(x)) is a plain call of the full name;
// - a message literal has its full type name.
// Immutable and thread-safe. The Environment must outlive it.
class CheckedAst {
 public:
  const Ast& ast() const { return ast_; }
  const NodeInfo& info(NodeId id) const { return info_[id]; }
  const Type& type(NodeId id) const { return info_[id].type; }
  const Type& result_type() const { return type(ast_.root()); }
  const Environment& environment() const { return *environment_; }
  // How many slots the iteration variables need at once.
  uint32_t local_count() const { return local_count_; }
  // The variables that the expression reads, each once.
  std::vector<const Variable*> Variables() const;

 private:
  friend class Checker;

  Ast ast_;
  std::vector<NodeInfo> info_;
  const Environment* environment_ = nullptr;
  uint32_t local_count_ = 0;
};

struct CheckOptions {
  // Types what programs with the evaluator's option of the same name give
  // (see ProgramOptions): `dyn * int` is dyn instead of int, since the result
  // is a double when the dyn value is one. Must be the same in both.
  bool promote_dyn_arithmetic = false;
  // Only resolves names: everything is dyn, and whatever does not fit is an
  // error value at run time. For expressions that must run unchecked.
  bool lenient = false;
  // When set, an expression of another type is an issue. Dyn is let through.
  std::optional<Type> expected_type;
};

// Checks `ast` against `environment`. On failure returns null and at least
// one issue in `issues` (appended to, not null): all that can be told apart,
// with position, found types and candidates. Lenient checks never fail.
std::shared_ptr<const CheckedAst> Check(Ast ast, const Environment& environment,
                                        const CheckOptions& options,
                                        std::vector<Issue>* issues);

// The same with the issues as an INVALID_ARGUMENT status (see ToStatus).
absl::StatusOr<std::shared_ptr<const CheckedAst>> Check(
    Ast ast, const Environment& environment, const CheckOptions& options = {});

}  // namespace phoenix::cel

#endif  // LIBS_CEL_CHECKER_H_
