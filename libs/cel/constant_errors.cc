#include "libs/cel/constant_errors.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/arena.h"
#include "libs/cel/ast.h"
#include "libs/cel/checker.h"
#include "libs/cel/operators.h"

namespace phoenix::cel {
namespace {

// What is shown of a part of an expression: enough to find it.
constexpr size_t kMaxShownBytes = 60;

std::string Shown(std::string_view text) {
  if (text.size() <= kMaxShownBytes) return std::string(text);
  size_t end = kMaxShownBytes;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return Cat(text.substr(0, end), "...");
}

class ConstantErrorFinder {
 public:
  explicit ConstantErrorFinder(const Program& program)
      : program_(program),
        checked_(program.checked()),
        ast_(checked_.ast()),
        reads_(ast_.size()) {}

  std::vector<ConstantError> Run() {
    Survey(ast_.root());
    Visit(ast_.root(), /*depth=*/0, /*certain=*/true);
    return std::move(errors_);
  }

 private:
  // What the value of a node depends on.
  struct Reads {
    bool variable = false;
    // The outermost iteration variable, also of its own comprehensions.
    uint32_t local = NodeInfo::kNoLocal;
  };

  const Reads& Survey(NodeId id) {
    const NodeInfo& info = checked_.info(id);
    Reads reads{.variable = info.variable != nullptr};
    if (ast_.node(id).kind == NodeKind::kIdent) reads.local = info.local;
    for (NodeId child : ast_.children(id)) {
      const Reads& below = Survey(child);
      reads.variable = reads.variable || below.variable;
      reads.local = std::min(reads.local, below.local);
    }
    return reads_[id] = reads;
  }

  // `depth` iteration variables are bound around the node.
  void Visit(NodeId id, uint32_t depth, bool certain) {
    if (!reads_[id].variable && reads_[id].local >= depth) {
      return Evaluate(id, certain);
    }
    const Node& node = ast_.node(id);
    const bool is_logical =
        node.kind == NodeKind::kCall &&
        (node.name == kLogicalAnd || node.name == kLogicalOr);
    const bool is_conditional =
        node.kind == NodeKind::kCall && node.name == kConditional;
    const bool is_macro = node.kind == NodeKind::kComprehension;
    const auto children = ast_.children(id);
    for (size_t i = 0; i < children.size(); ++i) {
      const bool may_be_skipped =
          is_logical || (i > 0 && (is_conditional || is_macro));
      const bool binds = is_macro && i > 0;
      Visit(children[i], binds ? DepthInside(id) : depth,
            certain && !may_be_skipped);
    }
  }

  uint32_t DepthInside(NodeId comprehension) const {
    return checked_.info(comprehension).local +
           (ast_.node(comprehension).name2.empty() ? 1 : 2);
  }

  void Evaluate(NodeId id, bool certain) {
    Arena arena;
    const Value value = program_.EvaluateNode(id, ValueActivation(), arena);
    if (!value.is_error()) return;
    const EvaluationError& error = value.error();
    const NodeId place = error.node < ast_.size() ? error.node : id;
    errors_.push_back(
        {{ast_.PositionOf(place),
          Cat("'", Shown(ast_.TextOf(id)), "' always fails: ", error.message)},
         certain || error.code == ErrorCode::kBudgetExceeded});
  }

  const Program& program_;
  const CheckedAst& checked_;
  const Ast& ast_;
  std::vector<Reads> reads_;  // By node.
  std::vector<ConstantError> errors_;
};

}  // namespace

std::vector<ConstantError> FindConstantErrors(const Program& program) {
  return ConstantErrorFinder(program).Run();
}

}  // namespace phoenix::cel
