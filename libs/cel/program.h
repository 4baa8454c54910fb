#ifndef LIBS_CEL_PROGRAM_H_
#define LIBS_CEL_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/cel/activation.h"
#include "libs/cel/arena.h"
#include "libs/cel/checker.h"
#include "libs/cel/environment.h"
#include "libs/cel/source.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Holds values by the variable's index; for tests and small tools.
class ValueActivation : public Activation {
 public:
  void Set(const Variable& variable, Value value);
  std::optional<Value> Find(const Variable& variable,
                            Arena& arena) const override;

 private:
  std::vector<std::optional<Value>> values_;
};

struct ProgramOptions {
  // Where an operand of + - * / is dyn by its static type, a mix of int (or
  // uint) and double is computed in double: JSON has only one kind of number,
  // and `data.t * 1.8` must not depend on whether the sender wrote 20 or
  // 20.0. Strict CEL, the default, has no such overload.
  bool promote_dyn_arithmetic = false;
  EvaluationLimits limits;
};

struct CallPlan;

// A checked expression, ready to run: the general evaluator. It walks the
// tree, row by row; what can be vectorised is compiled elsewhere and must give
// the same results. Thread-safe: any number of evaluations at once.
class Program {
 public:
  // Null, and at least one issue in `issues` (appended to, not null), when
  // constant arguments can't work, such as the pattern of matches().
  static std::unique_ptr<const Program> Create(
      std::shared_ptr<const CheckedAst> checked, const ProgramOptions& options,
      std::vector<Issue>* issues);

  // The same with the issues as an INVALID_ARGUMENT status (see ToStatus).
  static absl::StatusOr<std::unique_ptr<const Program>> Create(
      std::shared_ptr<const CheckedAst> checked,
      const ProgramOptions& options = {});
  ~Program();

  // The result, or an error value whose `node` says what failed. It borrows
  // from `arena`, from this program and from what the activation gave. Each
  // call's budget counts only what the call itself allocates.
  Value Evaluate(const Activation& activation, Arena& arena) const;

  // Evaluates the subexpression `node` alone. It must not be inside a
  // comprehension that binds a variable that it names.
  Value EvaluateNode(NodeId node, const Activation& activation,
                     Arena& arena) const;

  const CheckedAst& checked() const { return *checked_; }
  // Where in the expression an error of this program arose; the root's
  // position when the error does not say.
  SourcePosition PositionOf(const EvaluationError& error) const;

 private:
  Program(std::shared_ptr<const CheckedAst> checked, ProgramOptions options);

  std::shared_ptr<const CheckedAst> checked_;
  ProgramOptions options_;
  // By node id; entries of nodes that are no calls are empty.
  std::vector<CallPlan> calls_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PROGRAM_H_
