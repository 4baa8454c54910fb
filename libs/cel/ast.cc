#include "libs/cel/ast.h"

#include <algorithm>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/operators.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

std::string_view MacroName(Macro macro) {
  switch (macro) {
    case Macro::kAll:
      return "all";
    case Macro::kExists:
      return "exists";
    case Macro::kExistsOne:
      return "exists_one";
    case Macro::kFilter:
      return "filter";
    case Macro::kMap:
      return "map";
    case Macro::kTransformMap:
      return "transformMap";
    case Macro::kTransformMapEntry:
      return "transformMapEntry";
    case Macro::kNone:
      break;
  }
  return "";
}

// Writes an expression in one canonical form.
class AstPrinter {
 public:
  explicit AstPrinter(const Ast& ast) : ast_(ast) {}

  std::string Print(NodeId id) const {
    const Node& node = ast_.node(id);
    switch (node.kind) {
      case NodeKind::kConstant:
        return DebugString(node.value, SIZE_MAX);
      case NodeKind::kIdent:
        return std::string(node.name);
      case NodeKind::kSelect:
        return PrintSelect(id);
      case NodeKind::kCall:
        return PrintCall(id);
      case NodeKind::kList:
        return Cat("[", Join(ast_.children(id), ", "), "]");
      case NodeKind::kMap:
        return Cat("{", PrintEntries(id), "}");
      case NodeKind::kMessage:
        return Cat(node.name, "{", PrintEntries(id), "}");
      case NodeKind::kComprehension:
        return PrintComprehension(id);
    }
    return "";
  }

 private:
  std::string Join(absl::Span<const NodeId> ids, std::string_view by) const {
    return cel::Join(ids, by, [this](NodeId id) { return Print(id); });
  }

  std::string PrintSelect(NodeId id) const {
    const Node& node = ast_.node(id);
    std::string path = Cat(Print(ast_.child(id, 0)), ".", node.name);
    return node.test_only ? Cat("has(", path, ")") : path;
  }

  std::string PrintCall(NodeId id) const {
    const Node& node = ast_.node(id);
    absl::Span<const NodeId> arguments = ast_.children(id);
    std::string_view symbol = DisplayName(node.name);
    if (symbol == node.name || arguments.size() < 2) {
      return PrintNamedCall(id);
    }
    if (node.name == kIndex) {
      return Cat(Print(arguments[0]), "[", Print(arguments[1]), "]");
    }
    if (node.name == kConditional) {
      return Cat("(", Print(arguments[0]), " ? ", Print(arguments[1]), " : ",
                 Print(arguments[2]), ")");
    }
    return Cat("(", Join(arguments, Cat(" ", symbol, " ")), ")");
  }

  std::string PrintNamedCall(NodeId id) const {
    const Node& node = ast_.node(id);
    absl::Span<const NodeId> arguments = ast_.children(id);
    std::string_view symbol = DisplayName(node.name);
    if (symbol != node.name) {
      return Cat(symbol, "(", Join(arguments, ""), ")");
    }
    std::string receiver;
    if (node.is_member) {
      receiver = Cat(Print(arguments[0]), ".");
      arguments.remove_prefix(1);
    }
    return Cat(receiver, node.name, "(", Join(arguments, ", "), ")");
  }

  std::string PrintEntries(NodeId id) const {
    std::string text;
    absl::Span<const NodeId> children = ast_.children(id);
    for (size_t i = 0; i + 1 < children.size(); i += 2) {
      CatTo(text, text.empty() ? "" : ", ", Print(children[i]), ": ",
            Print(children[i + 1]));
    }
    return text;
  }

  std::string PrintComprehension(NodeId id) const {
    const Node& node = ast_.node(id);
    absl::Span<const NodeId> children = ast_.children(id);
    return Cat(Print(children[0]), ".", MacroName(node.macro), "(", node.name,
               node.name2.empty() ? "" : ", ", node.name2, ", ",
               Join(children.subspan(1), ", "), ")");
  }

  const Ast& ast_;
};

// The field that one step of a path reads, none when it is no such step.
std::optional<std::string_view> FieldOf(const Ast& ast, NodeId id) {
  const Node& node = ast.node(id);
  if (node.kind == NodeKind::kSelect) return node.name;
  if (node.kind != NodeKind::kCall || node.name != kIndex) return std::nullopt;
  const Node& key = ast.node(ast.child(id, 1));
  if (key.kind != NodeKind::kConstant || !key.value.is_string()) {
    return std::nullopt;
  }
  return key.value.string_value();
}

}  // namespace

std::string_view Ast::TextOf(NodeId id) const {
  const Node& node = nodes_[id];
  return source_.text().substr(node.begin, node.end - node.begin);
}

NodeId Ast::Add(Node node, absl::Span<const NodeId> children) {
  node.first_child = static_cast<uint32_t>(children_.size());
  node.child_count = static_cast<uint32_t>(children.size());
  children_.insert(children_.end(), children.begin(), children.end());
  nodes_.push_back(node);
  return static_cast<NodeId>(nodes_.size() - 1);
}

std::string_view Ast::Intern(std::string_view text) {
  if (text.empty()) return {};
  return texts_.emplace_back(text);
}

std::optional<SelectPath> PathOf(const Ast& ast, NodeId id) {
  SelectPath path;
  while (ast.node(id).kind != NodeKind::kIdent) {
    std::optional<std::string_view> field = FieldOf(ast, id);
    if (!field.has_value()) return std::nullopt;
    path.fields.push_back(*field);
    id = ast.child(id, 0);
  }
  path.root = id;
  std::reverse(path.fields.begin(), path.fields.end());
  return path;
}

std::string DebugString(const Ast& ast) {
  return AstPrinter(ast).Print(ast.root());
}

}  // namespace phoenix::cel
