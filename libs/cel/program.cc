#include "libs/cel/program.h"

#include <algorithm>
#include <string>
#include <utility>

#include "libs/cel/evaluator.h"
#include "libs/cel/operators.h"

namespace phoenix::cel {
namespace {

CallKind KindOf(std::string_view function) {
  if (function == kConditional) return CallKind::kConditional;
  if (function == kLogicalAnd) return CallKind::kAnd;
  if (function == kLogicalOr) return CallKind::kOr;
  return CallKind::kFunction;
}

// The arguments that are constants, null where not.
std::vector<const Value*> ConstantArguments(const Ast& ast, NodeId id) {
  std::vector<const Value*> constants;
  for (NodeId child : ast.children(id)) {
    const Node& node = ast.node(child);
    constants.push_back(node.kind == NodeKind::kConstant ? &node.value
                                                         : nullptr);
  }
  return constants;
}

FunctionImpl ImplOf(const Ast& ast, NodeId id, const Overload& overload,
                    std::vector<Issue>& issues) {
  if (!overload.bind) return overload.impl;
  absl::StatusOr<FunctionImpl> bound =
      overload.bind(ConstantArguments(ast, id));
  if (!bound.ok()) {
    issues.push_back(
        {ast.PositionOf(id), std::string(bound.status().message())});
    return overload.impl;
  }
  return *bound ? *std::move(bound) : overload.impl;
}

CallPlan PlanCall(const CheckedAst& checked, NodeId id,
                  const ProgramOptions& options, std::vector<Issue>& issues) {
  const Ast& ast = checked.ast();
  const NodeInfo& info = checked.info(id);
  CallPlan plan;
  plan.kind = KindOf(ast.node(id).name);
  if (plan.kind != CallKind::kFunction || info.function == nullptr) {
    return plan;
  }
  const auto children = ast.children(id);
  const bool any_dynamic =
      std::any_of(children.begin(), children.end(), [&](NodeId child) {
        const TypeKind kind = checked.type(child).kind();
        return checked.type(child).is_dynamic() || kind == TypeKind::kWrapper;
      });
  plan.promote = options.promote_dyn_arithmetic && any_dynamic &&
                 IsPromotable(info.function->name);
  if (info.function->impl) {
    plan.impl = &info.function->impl;
    return plan;
  }
  plan.is_decided = info.overloads.size() == 1 && !any_dynamic;
  for (const Overload* overload : info.overloads) {
    plan.candidates.push_back({overload, ImplOf(ast, id, *overload, issues)});
  }
  return plan;
}

}  // namespace

void ValueActivation::Set(const Variable& variable, Value value) {
  if (values_.size() <= variable.index) values_.resize(variable.index + 1);
  values_[variable.index] = value;
}

std::optional<Value> ValueActivation::Find(const Variable& variable,
                                           Arena&) const {
  if (variable.index >= values_.size()) return std::nullopt;
  return values_[variable.index];
}

Program::Program(std::shared_ptr<const CheckedAst> checked,
                 ProgramOptions options)
    : checked_(std::move(checked)),
      options_(options),
      calls_(checked_->ast().size()) {}

Program::~Program() = default;

std::unique_ptr<const Program> Program::Create(
    std::shared_ptr<const CheckedAst> checked, const ProgramOptions& options,
    std::vector<Issue>* issues) {
  const size_t issues_before = issues->size();
  std::unique_ptr<Program> program(new Program(std::move(checked), options));
  const Ast& ast = program->checked_->ast();
  for (NodeId id = 0; id < ast.size(); ++id) {
    if (ast.node(id).kind != NodeKind::kCall) continue;
    program->calls_[id] = PlanCall(*program->checked_, id, options, *issues);
  }
  if (issues->size() > issues_before) return nullptr;
  return program;
}

absl::StatusOr<std::unique_ptr<const Program>> Program::Create(
    std::shared_ptr<const CheckedAst> checked, const ProgramOptions& options) {
  std::vector<Issue> issues;
  auto program = Create(std::move(checked), options, &issues);
  if (program == nullptr) return ToStatus(issues);
  return program;
}

Value Program::Evaluate(const Activation& activation, Arena& arena) const {
  return EvaluateNode(checked_->ast().root(), activation, arena);
}

Value Program::EvaluateNode(NodeId node, const Activation& activation,
                            Arena& arena) const {
  return Evaluator(*checked_, calls_, options_.limits, activation, arena)
      .Evaluate(node);
}

SourcePosition Program::PositionOf(const EvaluationError& error) const {
  const Ast& ast = checked_->ast();
  return ast.PositionOf(error.node < ast.size() ? error.node : ast.root());
}

}  // namespace phoenix::cel
