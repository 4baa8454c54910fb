#ifndef LIBS_CEL_EVALUATOR_H_
#define LIBS_CEL_EVALUATOR_H_

#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "libs/cel/activation.h"
#include "libs/cel/arena.h"
#include "libs/cel/ast.h"
#include "libs/cel/checker.h"
#include "libs/cel/function.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// The operators that do not evaluate all of their operands, and the rest.
enum class CallKind : uint8_t { kFunction, kConditional, kAnd, kOr };

// What the evaluator knows about a call before it runs.
struct CallPlan {
  struct Candidate {
    const Overload* overload;
    FunctionImpl impl;  // specialised for constant arguments where it can be
  };

  CallKind kind = CallKind::kFunction;
  // Turns an int beside a double into a double, see ProgramOptions.
  bool promote = false;
  // The one candidate fits by its static types: values need no look.
  bool is_decided = false;
  // One implementation for all overloads; null when `candidates` are tried.
  const FunctionImpl* impl = nullptr;
  std::vector<Candidate> candidates;
};

// One evaluation of a checked expression; made anew for each. It recurses as
// deep as the tree is high, which the parser bounds.
class Evaluator {
 public:
  // Borrows everything for its own lifetime. `calls` is indexed by node.
  Evaluator(const CheckedAst& checked, const std::vector<CallPlan>& calls,
            const EvaluationLimits& limits, const Activation& activation,
            Arena& arena);

  Value Evaluate(NodeId id);

 private:
  using Arguments = absl::InlinedVector<Value, 4>;
  // The macros, one function each: `at` gives the i-th pass its variables.
  struct Range {
    const ListValue* items;   // elements or keys
    const MapValue* entries;  // null for a list
  };

  Value EvaluateKind(NodeId id);
  Value EvaluateIdent(NodeId id);
  Value EvaluateSelect(NodeId id);
  Value EvaluateCall(NodeId id);
  Value EvaluateConditional(NodeId id);
  Value EvaluateLogicalChain(NodeId id, bool decisive);
  Value EvaluateList(NodeId id);
  Value EvaluateMap(NodeId id);
  Value EvaluateMessage(NodeId id);
  Value EvaluateComprehension(NodeId id);

  Value CallFunction(NodeId id, const CallPlan& plan, Arguments& arguments);
  Value Recover(NodeId id, const Value& error) const;
  Value SelectField(const Value& operand, std::string_view field);
  Value TestField(const Value& operand, std::string_view field);

  void BindLocals(NodeId id, const Range& range, size_t index);
  // && or || of the body over all passes.
  Value FoldLogical(NodeId id, const Range& range, bool decisive);
  Value CountOne(NodeId id, const Range& range);
  Value FilterItems(NodeId id, const Range& range);
  Value MapItems(NodeId id, const Range& range);
  Value TransformMap(NodeId id, const Range& range);
  // Whether the pass counts, by its condition: a bool or an error.
  Value EvaluateCondition(NodeId id);
  Value InsertEntry(class HashedMap& map, const Value& key, const Value& value);
  Value InsertEntries(class HashedMap& map, const Value& entries);
  Value FinishList(const std::vector<Value>& values);

  Value Error(ErrorCode code, std::string_view message);
  Value NotBool(const Value& value);
  // The error with the node that it arose at, unless it has one.
  Value Located(NodeId id, const Value& error);

  const CheckedAst& checked_;
  const Ast& ast_;
  const std::vector<CallPlan>& calls_;
  const Activation& activation_;
  CallContext context_;
  Arena& arena_;
  const uint64_t max_steps_;
  uint64_t steps_ = 0;
  absl::InlinedVector<Value, 4> locals_;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_EVALUATOR_H_
