#include "libs/cel/macros.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "libs/base/text.h"

namespace phoenix::cel {
namespace {

struct MacroRule {
  std::string_view name;
  size_t variables;
  size_t argument_count;  // with the variables
  Macro macro;
};

constexpr MacroRule kRules[] = {
    {"all", 1, 2, Macro::kAll},
    {"exists", 1, 2, Macro::kExists},
    {"exists_one", 1, 2, Macro::kExistsOne},
    {"existsOne", 1, 2, Macro::kExistsOne},
    {"filter", 1, 2, Macro::kFilter},
    {"map", 1, 2, Macro::kMap},
    {"map", 1, 3, Macro::kMap},
    {"all", 2, 3, Macro::kAll},
    {"exists", 2, 3, Macro::kExists},
    {"exists_one", 2, 3, Macro::kExistsOne},
    {"existsOne", 2, 3, Macro::kExistsOne},
    {"transformList", 2, 3, Macro::kMap},
    {"transformList", 2, 4, Macro::kMap},
    {"transformMap", 2, 3, Macro::kTransformMap},
    {"transformMap", 2, 4, Macro::kTransformMap},
    {"transformMapEntry", 2, 3, Macro::kTransformMapEntry},
    {"transformMapEntry", 2, 4, Macro::kTransformMapEntry},
};

const MacroRule* FindRule(std::string_view name, size_t argument_count) {
  for (const MacroRule& rule : kRules) {
    if (rule.name == name && rule.argument_count == argument_count) {
      return &rule;
    }
  }
  return nullptr;
}

bool IsSimpleName(const Node& node) {
  return node.kind == NodeKind::kIdent && node.name.front() != '.';
}

NodeId Fail(const Ast& ast, NodeId at, NodeId result, std::string message,
            std::vector<Issue>* issues) {
  issues->push_back({ast.PositionOf(at), std::move(message)});
  return result;
}

NodeId ExpandHas(Ast& ast, NodeId id, std::vector<Issue>* issues) {
  const NodeId argument = ast.child(id, 0);
  if (ast.node(argument).kind != NodeKind::kSelect ||
      ast.node(argument).test_only) {
    return Fail(ast, argument, id,
                "invalid argument of has(), expected a field selection such "
                "as has(a.b)",
                issues);
  }
  Node node = ast.node(argument);
  node.test_only = true;
  node.begin = ast.node(id).begin;
  node.end = ast.node(id).end;
  return ast.Add(node, {ast.child(argument, 0)});
}

// What is wrong with the rule's variables; empty when they are fine.
std::string CheckVariables(const Ast& ast, NodeId id, const MacroRule& rule,
                           NodeId* wrong) {
  for (size_t i = 0; i < rule.variables; ++i) {
    *wrong = ast.child(id, static_cast<uint32_t>(1 + i));
    if (!IsSimpleName(ast.node(*wrong))) {
      return Cat("invalid variable of ", rule.name,
                 "(), expected a simple name");
    }
  }
  if (rule.variables == 2 &&
      ast.node(ast.child(id, 1)).name == ast.node(*wrong).name) {
    return Cat("both variables of ", rule.name, "() have the name '",
               ast.node(*wrong).name, "', expected two names");
  }
  return "";
}

NodeId ExpandComprehension(Ast& ast, NodeId id, const MacroRule& rule,
                           std::vector<Issue>* issues) {
  NodeId wrong = id;
  std::string problem = CheckVariables(ast, id, rule, &wrong);
  if (!problem.empty()) return Fail(ast, wrong, id, problem, issues);

  const absl::Span<const NodeId> all = ast.children(id);
  std::vector<NodeId> children = {all[0]};
  children.insert(children.end(), all.begin() + 1 + rule.variables, all.end());
  Node node = ast.node(id);
  node.kind = NodeKind::kComprehension;
  node.macro = rule.macro;
  node.is_member = false;
  node.name = ast.node(all[1]).name;
  node.name2 = rule.variables == 2 ? ast.node(all[2]).name : "";
  return ast.Add(node, children);
}

}  // namespace

NodeId ExpandMacro(Ast& ast, NodeId id, std::vector<Issue>* issues) {
  const Node& node = ast.node(id);
  if (!node.is_member) {
    return node.name == "has" && node.child_count == 1
               ? ExpandHas(ast, id, issues)
               : id;
  }
  const MacroRule* rule = FindRule(node.name, node.child_count - 1);
  return rule == nullptr ? id : ExpandComprehension(ast, id, *rule, issues);
}

}  // namespace phoenix::cel
