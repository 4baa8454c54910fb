#include "libs/rules/rule_compiler.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "libs/cel/ast.h"
#include "libs/cel/operators.h"
#include "libs/cel/parser.h"
#include "libs/json/json_path.h"
#include "libs/rules/rule_check.h"
#include "libs/rules/rule_environment.h"
#include "libs/rules/vector_compare.h"
#include "libs/rules/vector_logic.h"
#include "libs/rules/vector_values.h"

namespace phoenix {
namespace {

using cel::Ast;
using cel::CheckedAst;
using cel::Node;
using cel::NodeId;
using cel::NodeKind;

const cel::Variable* VariableAt(const CheckedAst& checked, NodeId id) {
  if (checked.ast().node(id).kind != NodeKind::kIdent) return nullptr;
  return checked.info(id).variable;
}

// The step that a node takes from its child 0: a field, or an index by a
// constant.
std::optional<PathStep> StepAt(const Ast& ast, NodeId id) {
  const Node& node = ast.node(id);
  PathStep step;
  if (node.kind == NodeKind::kSelect) {
    step.key = std::string(node.name);
    return step;
  }
  if (node.kind != NodeKind::kCall || node.name != cel::kIndex) {
    return std::nullopt;
  }
  const Node& index = ast.node(ast.child(id, 1));
  if (index.kind != NodeKind::kConstant) return std::nullopt;
  if (index.value.is_string()) {
    step.key = std::string(index.value.string_value());
    return step;
  }
  if (index.value.kind() != cel::ValueKind::kInt) return std::nullopt;
  const int64_t number = index.value.int_value();
  if (number < 0 || number >= PathStep::kNoIndex) return std::nullopt;
  step.index = static_cast<uint32_t>(number);
  return step;
}

// A chain of steps from a variable: `data.a["b"][0]`.
struct Chain {
  const cel::Variable* variable;
  JsonPath steps;
};

std::optional<Chain> ChainAt(const CheckedAst& checked, NodeId id) {
  const cel::Variable* variable = VariableAt(checked, id);
  if (variable != nullptr) return Chain{variable, {}};
  std::optional<PathStep> step = StepAt(checked.ast(), id);
  if (!step.has_value()) return std::nullopt;
  auto chain = ChainAt(checked, checked.ast().child(id, 0));
  if (!chain.has_value() || chain->steps.size() == kMaxPathSteps) {
    return std::nullopt;
  }
  chain->steps.push_back(*std::move(step));
  return chain;
}

// The kinds of calls that have a vectorised form, by name.
std::optional<Comparison> ComparisonOf(std::string_view name) {
  if (name == cel::kEquals) return Comparison::kEqual;
  if (name == cel::kNotEquals) return Comparison::kNotEqual;
  if (name == cel::kLess) return Comparison::kLess;
  if (name == cel::kLessEquals) return Comparison::kLessEqual;
  if (name == cel::kGreater) return Comparison::kGreater;
  if (name == cel::kGreaterEquals) return Comparison::kGreaterEqual;
  return std::nullopt;
}

std::optional<Arithmetic> ArithmeticOf(std::string_view name) {
  if (name == cel::kAdd) return Arithmetic::kAdd;
  if (name == cel::kSubtract) return Arithmetic::kSubtract;
  if (name == cel::kMultiply) return Arithmetic::kMultiply;
  if (name == cel::kDivide) return Arithmetic::kDivide;
  if (name == cel::kModulo) return Arithmetic::kModulo;
  return std::nullopt;
}

std::optional<TextTest> TextTestOf(std::string_view name) {
  if (name == "startsWith") return TextTest::kStartsWith;
  if (name == "endsWith") return TextTest::kEndsWith;
  if (name == "contains") return TextTest::kContains;
  return std::nullopt;
}

// Whether the call has a result for all operands of the right types.
bool IsTotal(std::string_view name) {
  return name == cel::kLogicalAnd || name == cel::kLogicalOr ||
         name == cel::kLogicalNot || name == cel::kConditional ||
         name == cel::kIn || name == "size" || TextTestOf(name).has_value() ||
         ComparisonOf(name).has_value();
}

// Makes the vectorised form of one rule; a null node says that there is none,
// and why() the first reason.
class VectorCompiler {
 public:
  VectorCompiler(const CheckedAst& checked, RuleSet& rules,
                 std::vector<uint32_t>& paths)
      : checked_(checked), ast_(checked.ast()), rules_(rules), paths_(paths) {}

  BoolNodePtr Condition(NodeId id) {
    const Node& node = ast_.node(id);
    if (node.kind == NodeKind::kConstant && node.value.is_bool()) {
      return BoolConstant(node.value.bool_value());
    }
    if (node.kind == NodeKind::kSelect && node.test_only) return Has(id);
    if (node.kind == NodeKind::kCall) {
      bool known = false;
      BoolNodePtr call = BoolCall(id, known);
      if (known) return call;
    }
    ValueNodePtr value = ValueOf(id);
    return value == nullptr ? nullptr : AsBool(std::move(value));
  }

  ValueNodePtr ValueOf(NodeId id) {
    const Node& node = ast_.node(id);
    if (node.kind == NodeKind::kConstant) return ConstantAt(id);
    if (node.kind == NodeKind::kSelect && node.test_only) {
      return FromCondition(id);
    }
    if (auto chain = ChainAt(checked_, id)) return ColumnOf(*chain, id);
    if (node.kind == NodeKind::kCall) return ValueCall(id);
    return None<ValueNodePtr>(id);
  }

  const std::string& why() const { return why_; }

 private:
  template <typename Ptr>
  Ptr None(NodeId id) {
    if (why_.empty()) {
      why_ = "'" + std::string(ast_.TextOf(id)) + "' has no vectorised form";
    }
    return nullptr;
  }

  ValueNodePtr ConstantAt(NodeId id) {
    ValueNodePtr node = Constant(ast_.node(id).value);
    return node != nullptr ? std::move(node) : None<ValueNodePtr>(id);
  }

  ValueNodePtr FromCondition(NodeId id) {
    BoolNodePtr condition = Condition(id);
    if (condition == nullptr) return nullptr;
    return AsValue(std::move(condition), rules_.scratch);
  }

  ValueNodePtr ColumnOf(const Chain& chain, NodeId id) {
    if (chain.variable->name == kPayloadVariable) return Path(chain.steps);
    if (chain.variable->name == kExtensionsVariable) {
      if (chain.steps.size() != 1 || chain.steps[0].is_index()) {
        return None<ValueNodePtr>(id);
      }
      return AttributeNode(
          {.attribute = std::nullopt, .extension = chain.steps[0].key});
    }
    const auto attribute = AttributeOf(*chain.variable);
    if (!chain.steps.empty() || !attribute.has_value() ||
        *attribute == Attribute::kTime) {
      return None<ValueNodePtr>(id);
    }
    return AttributeNode({.attribute = *attribute, .extension = ""});
  }

  ValueNodePtr Path(const JsonPath& path) {
    const uint32_t column = rules_.paths.AddValue(path);
    if (std::find(paths_.begin(), paths_.end(), column) == paths_.end()) {
      paths_.push_back(column);
    }
    return PathColumn(column);
  }

  ValueNodePtr AttributeNode(AttributeRef ref) {
    auto& all = rules_.attributes;
    auto found = std::find(all.begin(), all.end(), ref);
    if (found == all.end()) found = all.insert(all.end(), std::move(ref));
    return AttributeColumn(static_cast<uint32_t>(found - all.begin()));
  }

  BoolNodePtr Has(NodeId id) {
    auto parent = ChainAt(checked_, ast_.child(id, 0));
    if (!parent.has_value()) return None<BoolNodePtr>(id);
    Chain field = *parent;
    field.steps.push_back({.key = std::string(ast_.node(id).name)});
    if (parent->variable->name == kPayloadVariable &&
        field.steps.size() <= kMaxPathSteps) {
      return HasField(Path(field.steps), Path(parent->steps));
    }
    if (parent->variable->name == kExtensionsVariable) {
      ValueNodePtr value = ColumnOf(field, id);
      return value == nullptr ? nullptr : HasAttribute(std::move(value));
    }
    return None<BoolNodePtr>(id);
  }

  // `known` says whether the call is one that gives a bool.
  BoolNodePtr BoolCall(NodeId id, bool& known) {
    const std::string_view name = ast_.node(id).name;
    known = true;
    if (name == cel::kLogicalAnd) return Logical(id, Truth::kFalse);
    if (name == cel::kLogicalOr) return Logical(id, Truth::kTrue);
    if (name == cel::kLogicalNot) {
      BoolNodePtr operand = Condition(ast_.child(id, 0));
      return operand == nullptr ? nullptr : Not(std::move(operand));
    }
    if (name == cel::kIn) return In(id);
    if (name == "matches") return MatchesCall(id);
    if (const auto comparison = ComparisonOf(name)) {
      auto [a, b] = Pair(id);
      if (b == nullptr) return nullptr;
      return Compare(*comparison, std::move(a), std::move(b));
    }
    if (const auto test = TextTestOf(name)) {
      auto [a, b] = Pair(id);
      if (b == nullptr) return nullptr;
      return TestText(*test, std::move(a), std::move(b));
    }
    known = false;
    return nullptr;
  }

  // Both operands of a call of two; the second is null when one has no form.
  std::pair<ValueNodePtr, ValueNodePtr> Pair(NodeId id) {
    if (ast_.children(id).size() != 2) {
      return {nullptr, None<ValueNodePtr>(id)};
    }
    ValueNodePtr a = ValueOf(ast_.child(id, 0));
    if (a == nullptr) return {};
    ValueNodePtr b = ValueOf(ast_.child(id, 1));
    return {std::move(a), std::move(b)};
  }

  BoolNodePtr Logical(NodeId id, Truth decisive) {
    std::vector<BoolNodePtr> operands;
    for (NodeId child : ast_.children(id)) {
      operands.push_back(Condition(child));
      if (operands.back() == nullptr) return nullptr;
    }
    return LogicalChain(std::move(operands), decisive, rules_.scratch);
  }

  BoolNodePtr In(NodeId id) {
    const NodeId list = ast_.child(id, 1);
    if (ast_.node(list).kind != NodeKind::kList) return None<BoolNodePtr>(id);
    std::vector<ValueNodePtr> elements;
    for (NodeId child : ast_.children(list)) {
      if (ast_.node(child).kind != NodeKind::kConstant) {
        return None<BoolNodePtr>(child);
      }
      elements.push_back(ConstantAt(child));
      if (elements.back() == nullptr) return nullptr;
    }
    ValueNodePtr value = ValueOf(ast_.child(id, 0));
    if (value == nullptr) return nullptr;
    return IsIn(std::move(value), std::move(elements));
  }

  BoolNodePtr MatchesCall(NodeId id) {
    const Node& pattern = ast_.node(ast_.child(id, 1));
    if (pattern.kind != NodeKind::kConstant || !pattern.value.is_string()) {
      return None<BoolNodePtr>(id);
    }
    ValueNodePtr text = ValueOf(ast_.child(id, 0));
    if (text == nullptr) return nullptr;
    BoolNodePtr node = Matches(std::move(text), pattern.value.string_value());
    return node != nullptr ? std::move(node) : None<BoolNodePtr>(id);
  }

  ValueNodePtr ValueCall(NodeId id) {
    const std::string_view name = ast_.node(id).name;
    if (name == cel::kConditional) return Conditional(id);
    if (name == cel::kNegate || name == "size") {
      if (ast_.children(id).size() != 1) return None<ValueNodePtr>(id);
      ValueNodePtr operand = ValueOf(ast_.child(id, 0));
      if (operand == nullptr) return nullptr;
      return name == cel::kNegate ? Negate(std::move(operand), rules_.scratch)
                                  : SizeOf(std::move(operand), rules_.scratch);
    }
    if (const auto arithmetic = ArithmeticOf(name)) {
      auto [a, b] = Pair(id);
      if (b == nullptr) return nullptr;
      return Compute(*arithmetic, std::move(a), std::move(b), rules_.scratch);
    }
    bool known = false;
    BoolNodePtr condition = BoolCall(id, known);
    if (!known) return None<ValueNodePtr>(id);
    if (condition == nullptr) return nullptr;
    return AsValue(std::move(condition), rules_.scratch);
  }

  ValueNodePtr Conditional(NodeId id) {
    BoolNodePtr condition = Condition(ast_.child(id, 0));
    if (condition == nullptr) return nullptr;
    ValueNodePtr a = ValueOf(ast_.child(id, 1));
    if (a == nullptr) return nullptr;
    ValueNodePtr b = ValueOf(ast_.child(id, 2));
    if (b == nullptr) return nullptr;
    return Choose(std::move(condition), std::move(a), std::move(b),
                  rules_.scratch);
  }

  const CheckedAst& checked_;
  const Ast& ast_;
  RuleSet& rules_;
  std::vector<uint32_t>& paths_;
  std::string why_;
};

// The map of extensions, empty or not, and what CloudEvents requires.
bool IsAlwaysThere(const cel::Variable& variable) {
  if (variable.name == kExtensionsVariable) return true;
  const auto attribute = AttributeOf(variable);
  return attribute == Attribute::kId || attribute == Attribute::kSource ||
         attribute == Attribute::kType;
}

// Finds, for people, the payload paths that a rule reads, and whether it can
// fail on data: reading what may be absent, or computing what may overflow.
class Survey {
 public:
  Survey(const CheckedAst& checked, CompiledRule& rule)
      : checked_(checked), rule_(rule) {}

  void Visit(NodeId id) {
    const Ast& ast = checked_.ast();
    const Node& node = ast.node(id);
    if (node.kind == NodeKind::kSelect && node.test_only) {
      if (auto chain = ChainAt(checked_, ast.child(id, 0))) {
        chain->steps.push_back({.key = std::string(node.name)});
        Read(*chain, /*is_test=*/true);
        return;
      }
    } else if (auto chain = ChainAt(checked_, id)) {
      Read(*chain, /*is_test=*/false);
      return;
    }
    if (node.kind == NodeKind::kCall && !IsTotal(node.name)) {
      rule_.can_fail = true;
    }
    for (NodeId child : ast.children(id)) Visit(child);
  }

 private:
  void Read(const Chain& chain, bool is_test) {
    // `has` looks into the last object of the chain, which may be absent, and
    // may be no object.
    const size_t looked_into = chain.steps.size() - (is_test ? 1 : 0);
    if (looked_into > 0 || !IsAlwaysThere(*chain.variable)) {
      rule_.can_fail = true;
    }
    if (chain.variable->name != kPayloadVariable) return;
    std::string text(kPayloadVariable);
    const std::string path = PathText(chain.steps);
    if (!path.empty()) text += (path[0] == '[' ? "" : ".") + path;
    auto& texts = rule_.path_texts;
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
      texts.push_back(std::move(text));
    }
  }

  const CheckedAst& checked_;
  CompiledRule& rule_;
};

void AddErrors(std::vector<cel::Issue>& issues,
               std::vector<RuleError>& errors) {
  for (cel::Issue& issue : issues) {
    errors.push_back({issue.position.offset, std::move(issue.message)});
  }
}

// Null when something is wrong, which has been added to `errors`.
std::unique_ptr<const cel::Program> MakeProgram(
    std::string_view text, RuleResult result, std::vector<RuleError>& errors) {
  std::vector<cel::Issue> issues;
  std::unique_ptr<const cel::Program> program;
  if (auto ast = cel::Parse(text, {}, &issues)) {
    cel::CheckOptions options;
    options.promote_dyn_arithmetic = true;
    if (result == RuleResult::kBool)
      options.expected_type = cel::TypeKind::kBool;
    auto checked =
        cel::Check(*std::move(ast), RuleEnvironment(), options, &issues);
    if (checked != nullptr) {
      program = cel::Program::Create(
          std::move(checked), {.promote_dyn_arithmetic = true, .limits = {}},
          &issues);
    }
  }
  AddErrors(issues, errors);
  return program;
}

void CompileVectorForm(const CheckedAst& checked, bool is_condition,
                       RuleSet& rules, CompiledRule& rule) {
  const PathSet paths = rules.paths;
  const std::vector<AttributeRef> attributes = rules.attributes;
  const ScratchCounts scratch = rules.scratch;
  VectorCompiler compiler(checked, rules, rule.paths);
  const NodeId root = checked.ast().root();
  if (is_condition) {
    rule.condition = compiler.Condition(root);
  } else {
    rule.value = compiler.ValueOf(root);
  }
  if (rule.vectorised()) return;
  rule.fallback_reason = compiler.why();
  rule.paths.clear();
  // Nobody reads what was added before the form turned out not to exist.
  rules.paths = paths;
  rules.attributes = attributes;
  rules.scratch = scratch;
}

}  // namespace

CompiledRule CompileRule(std::string_view text, RuleResult result,
                         RuleSet& rules, std::vector<RuleError>& errors) {
  CompiledRule rule;
  rule.text = std::string(text);
  auto program = MakeProgram(text, result, errors);
  if (program == nullptr) return rule;
  const size_t errors_before = errors.size();
  CheckRule(*program, result, errors, rule.warnings);
  if (errors.size() > errors_before) return rule;
  rule.program = std::move(program);
  const CheckedAst& checked = rule.program->checked();
  CompileVectorForm(checked, result == RuleResult::kBool, rules, rule);
  Survey(checked, rule).Visit(checked.ast().root());
  return rule;
}

}  // namespace phoenix
