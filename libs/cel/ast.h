#ifndef LIBS_CEL_AST_H_
#define LIBS_CEL_AST_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/cel/source.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Index of a node in its Ast. Children have smaller ids than their parent, so
// a pass over ids in ascending order sees operands first; but not every id is
// reachable from the root (the checker cuts some off), so begin at root().
using NodeId = uint32_t;

enum class NodeKind : uint8_t {
  // `value`. After the check also enum constants and type names.
  kConstant,
  // `name`: a variable, or the iteration variable of an enclosing
  // comprehension. Until the check it may begin with '.' (no container).
  kIdent,
  // Child 0 is the operand, `name` the field. With `test_only` it is
  // has(operand.field) and gives a bool.
  kSelect,
  // `name` is the function; an operator has the name of operators.h, such as
  // "_+_". With `is_member` child 0 is the receiver. Logical "_&&_" and "_||_"
  // have two or more children: a && b && c is one node.
  kCall,
  // The children are the elements.
  kList,
  // The children alternate key, value.
  kMap,
  // `name` is the message type; the children alternate a string constant,
  // the field's name, and the value.
  kMessage,
  // A macro over a list or map, see Macro. Child 0 is the range, the last
  // child the body; with three children the middle one is a condition.
  // `name` is the iteration variable and `name2` the second one, or empty.
  kComprehension,
};

// What a comprehension computes. With one variable it iterates over a list's
// elements or a map's keys; with two over index and element or key and value.
enum class Macro : uint8_t {
  kNone,
  kAll,               // && of the bodies, with its absorption of errors
  kExists,            // || of the bodies, with its absorption of errors
  kExistsOne,         // whether exactly one body is true; errors are kept
  kFilter,            // list of the elements or keys whose body is true
  kMap,               // list of the bodies; skips where the condition is false
  kTransformMap,      // map of the range's key to the body
  kTransformMapEntry  // map of the entries of the bodies, which are maps
};

struct Node {
  NodeKind kind = NodeKind::kConstant;
  Macro macro = Macro::kNone;
  bool test_only = false;
  bool is_member = false;
  // The text that the node came from: [begin, end) in bytes; and the byte to
  // point at in messages, for an operator the operator itself.
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t offset = 0;
  // Into the Ast's child list; use Ast::children().
  uint32_t first_child = 0;
  uint32_t child_count = 0;
  // Both borrow from the Ast, as does a string in `value`.
  std::string_view name;
  std::string_view name2;
  Value value;
};

// A parsed expression: nodes in one vector, with their source. Move-only;
// immutable after the check, and then safe to share between threads.
class Ast {
 public:
  Ast() = default;
  explicit Ast(Source source) : source_(std::move(source)) {}
  Ast(Ast&&) = default;
  Ast& operator=(Ast&&) = default;

  NodeId root() const { return root_; }
  // Number of ids; every id is below it.
  uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  const Node& node(NodeId id) const { return nodes_[id]; }
  absl::Span<const NodeId> children(NodeId id) const {
    const Node& node = nodes_[id];
    return absl::MakeConstSpan(children_).subspan(node.first_child,
                                                  node.child_count);
  }
  NodeId child(NodeId id, uint32_t index) const {
    return children_[nodes_[id].first_child + index];
  }
  const Source& source() const { return source_; }
  // Where messages about the node point.
  SourcePosition PositionOf(NodeId id) const {
    return source_.PositionAt(nodes_[id].offset);
  }
  // The node's text as written.
  std::string_view TextOf(NodeId id) const;

  // For the parser and the checker.
  NodeId Add(Node node, absl::Span<const NodeId> children);
  void set_root(NodeId id) { root_ = id; }
  Node& mutable_node(NodeId id) { return nodes_[id]; }
  // A copy of `text` that lives as long as this Ast, also when it is moved.
  std::string_view Intern(std::string_view text);

 private:
  Source source_;
  std::vector<Node> nodes_;
  std::vector<NodeId> children_;
  std::deque<std::string> texts_;
  NodeId root_ = 0;
};

// `data.a.b` as a root name and its fields: what a path extractor reads. Also
// for an index by a constant string, as in data["a"].b.
struct SelectPath {
  NodeId root;  // a kIdent node
  std::vector<std::string_view> fields;
};

// The path that `id` spells, none when it is anything else. A plain identifier
// is a path without fields. A has() is one too: ask node(id).test_only.
std::optional<SelectPath> PathOf(const Ast& ast, NodeId id);

// The expression as text with every operation in parentheses: for tests and
// for people who debug a rule.
std::string DebugString(const Ast& ast);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_AST_H_
