#include "tools/phoenix/past/rule_reads.h"

#include <charconv>
#include <optional>
#include <set>

#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/cel/ast.h"
#include "libs/cel/parser.h"

namespace phoenix {
namespace {

constexpr std::string_view kExtensions = "ext";

std::string NumberText(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), number).ptr;
  return std::string(text, end);
}

// The attribute that a node of an expression names; empty: none.
std::string AttributeAt(const cel::Ast& ast, cel::NodeId id) {
  const auto path = cel::PathOf(ast, id);
  if (!path.has_value()) return "";
  const std::string_view root = ast.node(path->root).name;
  if (path->fields.empty() && FindAttribute(root).has_value()) {
    return std::string(root);
  }
  if (root != kExtensions || path->fields.size() != 1) return "";
  return Cat(root, ".", path->fields[0]);
}

}  // namespace

std::string ValueText(const ValueColumn& values, uint32_t row,
                      const absl::Status& why) {
  switch (values.tag(row)) {
    case ValueTag::kMissing:
      return "missing";
    case ValueTag::kNull:
      return "null";
    case ValueTag::kBool:
      return values.AsBool(row) ? "true" : "false";
    case ValueTag::kInt:
      return Cat(values.AsInt(row));
    case ValueTag::kUint:
      return Cat(values.AsUint(row));
    case ValueTag::kDouble:
      return NumberText(values.AsDouble(row));
    case ValueTag::kString:
      return JsonText(values.AsText(row));
    case ValueTag::kJson:
    case ValueTag::kOther:
      return std::string(values.AsText(row));
    case ValueTag::kError:
      break;
  }
  return Cat("no value: ", FromAbsl(why.message()));
}

std::vector<std::string> AttributesIn(std::string_view rule) {
  std::vector<cel::Issue> issues;
  const std::optional<cel::Ast> ast = cel::Parse(rule, {}, &issues);
  if (!ast.has_value()) return {};
  std::set<std::string> found;
  for (cel::NodeId id = 0; id < ast->size(); ++id) {
    std::string attribute = AttributeAt(*ast, id);
    if (!attribute.empty()) found.insert(std::move(attribute));
  }
  return {found.begin(), found.end()};
}

RuleReads::RuleReads(const std::vector<RulePlan>& plans) {
  RuleSetBuilder builder;
  for (const RulePlan& plan : plans) {
    std::vector<std::string>& paths = paths_[plan.text];
    if (!paths.empty()) continue;
    paths = plan.paths;
    for (std::string& name : AttributesIn(plan.text)) {
      paths.push_back(std::move(name));
    }
    for (const std::string& path : paths) {
      if (rules_.count(path) > 0) continue;
      std::vector<RuleError> errors;
      rules_[path] = builder.AddExpression(path, errors);
    }
  }
  // A path is an expression of its own: it is never wrong.
  const auto rules = builder.Build();
  if (rules.ok()) frame_ = std::make_unique<Frame>(*rules);
}

const std::vector<std::string>& RuleReads::PathsOf(
    const std::string& text) const {
  static const std::vector<std::string>& nothing =
      *new std::vector<std::string>;
  const auto found = paths_.find(text);
  return found == paths_.end() ? nothing : found->second;
}

std::string RuleReads::Read(const std::string& path, const EventBatchPtr& batch,
                            uint32_t row) {
  const auto rule = rules_.find(path);
  if (frame_ == nullptr || rule == rules_.end()) return "unknown";
  frame_->Reset(batch);
  RowErrors errors;
  const ValueColumn& values = frame_->Evaluate(rule->second, {row}, errors);
  // The one thing that goes wrong with a path: it leads nowhere.
  if (values.tag(row) == ValueTag::kError) return "missing";
  return ValueText(values, row, absl::OkStatus());
}

}  // namespace phoenix
