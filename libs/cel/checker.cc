#include "libs/cel/checker.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "libs/base/nearest_name.h"
#include "libs/base/text.h"
#include "libs/cel/name_resolution.h"
#include "libs/cel/operators.h"
#include "libs/cel/overload_resolution.h"
#include "libs/cel/parser.h"
#include "libs/cel/text.h"
#include "libs/cel/type_unifier.h"

namespace phoenix::cel {
namespace {

Type TypeOfConstant(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kBool:
      return TypeKind::kBool;
    case ValueKind::kInt:
      return TypeKind::kInt;
    case ValueKind::kUint:
      return TypeKind::kUint;
    case ValueKind::kDouble:
      return TypeKind::kDouble;
    case ValueKind::kString:
      return TypeKind::kString;
    case ValueKind::kBytes:
      return TypeKind::kBytes;
    default:
      return TypeKind::kNull;
  }
}

bool IsLogicalChain(std::string_view function) {
  return function == kLogicalAnd || function == kLogicalOr;
}

}  // namespace

class Checker {
 public:
  Checker(Ast ast, const Environment& environment, const CheckOptions& options,
          std::vector<Issue>* issues)
      : environment_(environment),
        options_(options),
        issues_(issues),
        issues_before_(issues->size()),
        result_(std::make_shared<CheckedAst>()) {
    result_->ast_ = std::move(ast);
    result_->info_.resize(result_->ast_.size());
    result_->environment_ = &environment;
  }

  std::shared_ptr<const CheckedAst> Run();

 private:
  struct Local {
    std::string_view name;
    Type type;
  };

  Ast& ast() { return result_->ast_; }
  NodeInfo& info(NodeId id) { return result_->info_[id]; }
  void Fail(NodeId id, std::string message);

  Type CheckNode(NodeId id);
  Type CheckKind(NodeId id);
  Type CheckIdent(NodeId id);
  Type CheckSelect(NodeId id);
  Type FieldType(NodeId id, const Type& operand);
  Type MessageFieldType(NodeId id, const Type& message);
  Type CheckCall(NodeId id);
  Type CheckLogicalChain(NodeId id);
  Type CheckList(NodeId id);
  Type CheckMap(NodeId id);
  Type CheckMessage(NodeId id);
  void CheckField(NodeId name, NodeId value, std::string_view message);
  Type CheckComprehension(NodeId id);
  Type ComprehensionType(Macro macro, const Type& key, const Type& body);
  void DeclareLocals(NodeId id, const Type& range);
  void ExpectBool(NodeId id, const Type& type);
  void CheckExpectedType(const Type& type);

  std::optional<uint32_t> FindLocal(std::string_view name) const;
  // The full name of a chain of selects over a name that is no local.
  std::optional<std::string> QualifiedName(NodeId id);
  // Makes `id` the variable, type or enum constant that `name` stands for.
  std::optional<Type> Rename(NodeId id, std::string_view name);
  Type MakeConstant(NodeId id, Value value, Type type);
  void FailUnknownName(NodeId id);

  const Function* FindFunction(NodeId id);
  const Function* FindNamespaced(NodeId id);
  void FailUnknownFunction(NodeId id);
  Type Known(const Type& type) {
    return unifier_.Substitute(type, /*unknown_to_dyn=*/true);
  }

  const Environment& environment_;
  const CheckOptions& options_;
  std::vector<Issue>* const issues_;
  const size_t issues_before_;
  std::shared_ptr<CheckedAst> result_;
  TypeUnifier unifier_;
  std::vector<Local> locals_;
};

std::shared_ptr<const CheckedAst> Checker::Run() {
  CheckExpectedType(CheckNode(ast().root()));
  for (NodeInfo& info : result_->info_) {
    info.type = unifier_.Substitute(info.type, /*unknown_to_dyn=*/true);
  }
  if (issues_->size() > issues_before_) return nullptr;
  return std::move(result_);
}

void Checker::Fail(NodeId id, std::string message) {
  if (options_.lenient) return;
  if (issues_->size() - issues_before_ >= kMaxIssues) return;
  issues_->push_back({ast().PositionOf(id), std::move(message)});
}

void Checker::CheckExpectedType(const Type& type) {
  if (!options_.expected_type.has_value()) return;
  const Type found = Known(type);
  if (unifier_.Assign(found, *options_.expected_type)) return;
  Fail(ast().root(),
       Cat("expression is of type '", found.ToString(), "', expected '",
           options_.expected_type->ToString(), "'"));
}

Type Checker::CheckNode(NodeId id) {
  Type type = CheckKind(id);
  if (options_.lenient) type = Type();
  info(id).type = type;
  return type;
}

Type Checker::CheckKind(NodeId id) {
  const Node& node = ast().node(id);
  switch (node.kind) {
    case NodeKind::kConstant:
      return TypeOfConstant(node.value);
    case NodeKind::kIdent:
      return CheckIdent(id);
    case NodeKind::kSelect:
      return CheckSelect(id);
    case NodeKind::kCall:
      return IsLogicalChain(node.name) ? CheckLogicalChain(id) : CheckCall(id);
    case NodeKind::kList:
      return CheckList(id);
    case NodeKind::kMap:
      return CheckMap(id);
    case NodeKind::kMessage:
      return CheckMessage(id);
    case NodeKind::kComprehension:
      return CheckComprehension(id);
  }
  return TypeKind::kError;
}

std::optional<uint32_t> Checker::FindLocal(std::string_view name) const {
  for (size_t i = locals_.size(); i > 0; --i) {
    if (locals_[i - 1].name == name) return static_cast<uint32_t>(i - 1);
  }
  return std::nullopt;
}

Type Checker::CheckIdent(NodeId id) {
  const std::string_view name = ast().node(id).name;
  if (std::optional<uint32_t> local = FindLocal(name)) {
    info(id).local = *local;
    return locals_[*local].type;
  }
  if (std::optional<Type> type = Rename(id, name)) return *type;
  FailUnknownName(id);
  return TypeKind::kError;
}

Type Checker::MakeConstant(NodeId id, Value value, Type type) {
  Node& node = ast().mutable_node(id);
  node.kind = NodeKind::kConstant;
  node.child_count = 0;
  node.value = value;
  return type;
}

std::optional<Type> Checker::Rename(NodeId id, std::string_view name) {
  std::optional<ResolvedName> resolved = ResolveName(environment_, name);
  if (!resolved.has_value()) return std::nullopt;
  if (resolved->variable != nullptr) {
    Node& node = ast().mutable_node(id);
    node.kind = NodeKind::kIdent;
    node.child_count = 0;
    node.name = resolved->variable->name;
    info(id).variable = resolved->variable;
    return resolved->type;
  }
  if (resolved->enum_number.has_value()) {
    return MakeConstant(id, Value::Int(*resolved->enum_number), resolved->type);
  }
  return MakeConstant(
      id, Value::TypeName(ast().Intern(RuntimeName(resolved->type))),
      Type::TypeOf(resolved->type));
}

void Checker::FailUnknownName(NodeId id) {
  const std::string_view name = ast().node(id).name;
  std::vector<std::string_view> known;
  for (const Local& local : locals_) known.push_back(local.name);
  for (const auto& variable : environment_.variables()) {
    known.push_back(variable->name);
  }
  Fail(id, Cat("unknown name '", name, "'", Suggestion(name, known)));
}

std::optional<std::string> Checker::QualifiedName(NodeId id) {
  std::string fields;
  for (; ast().node(id).kind == NodeKind::kSelect; id = ast().child(id, 0)) {
    if (ast().node(id).test_only) return std::nullopt;
    fields = Cat(".", ast().node(id).name, fields);
  }
  const Node& root = ast().node(id);
  if (root.kind != NodeKind::kIdent || FindLocal(root.name)) {
    return std::nullopt;
  }
  return Cat(root.name, fields);
}

Type Checker::CheckSelect(NodeId id) {
  const bool test_only = ast().node(id).test_only;
  if (!test_only) {
    if (std::optional<std::string> name = QualifiedName(id)) {
      if (std::optional<Type> type = Rename(id, *name)) return *type;
    }
  }
  const Type operand =
      unifier_.Substitute(CheckNode(ast().child(id, 0)), false);
  const Type field = FieldType(id, operand);
  return test_only ? Type(TypeKind::kBool) : field;
}

Type Checker::FieldType(NodeId id, const Type& operand) {
  switch (operand.kind()) {
    case TypeKind::kDyn:
    case TypeKind::kAny:
      return Type();
    case TypeKind::kError:
      return TypeKind::kError;
    case TypeKind::kParam:
      unifier_.Assign(operand, Type());
      return Type();
    case TypeKind::kMap:
      if (unifier_.Assign(TypeKind::kString, operand.parameter(0))) {
        return operand.parameter(1);
      }
      break;
    case TypeKind::kMessage:
      return MessageFieldType(id, operand);
    default:
      break;
  }
  Fail(id, Cat("type '", operand.ToString(), "' has no fields, so no '",
               ast().node(id).name, "'"));
  return TypeKind::kError;
}

Type Checker::MessageFieldType(NodeId id, const Type& message) {
  const std::string_view field = ast().node(id).name;
  const TypeProvider* provider = environment_.types();
  if (provider == nullptr) return Type();
  std::optional<Type> type = provider->FindField(message.name(), field);
  if (type.has_value()) return *type;
  Fail(id, Cat("message '", message.name(), "' has no field '", field, "'"));
  return TypeKind::kError;
}

Type Checker::CheckLogicalChain(NodeId id) {
  const Function* function = environment_.functions().Find(ast().node(id).name);
  info(id).function = function;
  for (NodeId child : ast().children(id)) ExpectBool(child, CheckNode(child));
  if (function != nullptr) {
    info(id).overloads = {&function->overloads.front()};
  }
  return TypeKind::kBool;
}

void Checker::ExpectBool(NodeId id, const Type& type) {
  if (unifier_.Assign(type, TypeKind::kBool)) return;
  Fail(id, Cat("found type '", Known(type).ToString(), "', expected 'bool'"));
}

// The function that `a.b.f(x)` calls when `a.b` is no value; the call then
// loses its receiver.
const Function* Checker::FindNamespaced(NodeId id) {
  std::optional<std::string> target = QualifiedName(ast().child(id, 0));
  if (!target.has_value()) return nullptr;
  const Function* function =
      ResolveFunction(environment_, Cat(*target, ".", ast().node(id).name));
  if (function == nullptr) return nullptr;
  Node& node = ast().mutable_node(id);
  node.is_member = false;
  ++node.first_child;
  --node.child_count;
  return function;
}

const Function* Checker::FindFunction(NodeId id) {
  const std::string_view name = ast().node(id).name;
  if (!ast().node(id).is_member) return ResolveFunction(environment_, name);
  const Function* function = FindNamespaced(id);
  return function != nullptr ? function : environment_.functions().Find(name);
}

Type Checker::CheckCall(NodeId id) {
  const Function* function = FindFunction(id);
  info(id).function = function;
  std::vector<Type> arguments;
  for (NodeId child : ast().children(id)) {
    arguments.push_back(CheckNode(child));
  }
  if (function == nullptr) {
    FailUnknownFunction(id);
    return TypeKind::kError;
  }
  ast().mutable_node(id).name = function->name;
  const bool is_member = ast().node(id).is_member;
  if (options_.lenient) {
    info(id).overloads =
        OverloadsByShape(*function, is_member, arguments.size());
    return Type();
  }
  std::optional<ResolvedCall> call =
      ResolveOverloads(*function, is_member, arguments, unifier_);
  if (!call.has_value()) {
    for (Type& argument : arguments) argument = Known(argument);
    Fail(id, NoOverloadMessage(*function, is_member, arguments));
    return TypeKind::kError;
  }
  if (options_.promote_dyn_arithmetic) {
    PromoteDynArithmetic(*function, arguments, *call);
  }
  info(id).overloads = std::move(call->overloads);
  return call->type;
}

void Checker::FailUnknownFunction(NodeId id) {
  const std::string_view name = ast().node(id).name;
  std::vector<std::string_view> known;
  for (std::string_view function : environment_.functions().Names()) {
    if (DisplayName(function) == function) known.push_back(function);
  }
  Fail(id, Cat("unknown function '", name, "'", Suggestion(name, known)));
}

Type Checker::CheckList(NodeId id) {
  std::optional<Type> element;
  for (NodeId child : ast().children(id)) {
    Type type = CheckNode(child);
    element = element ? unifier_.Join(*element, type) : std::move(type);
  }
  return Type::List(element ? *element : unifier_.Fresh());
}

Type Checker::CheckMap(NodeId id) {
  std::optional<Type> key;
  std::optional<Type> value;
  absl::Span<const NodeId> children = ast().children(id);
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    Type key_type = CheckNode(children[i]);
    Type value_type = CheckNode(children[i + 1]);
    key = key ? unifier_.Join(*key, key_type) : std::move(key_type);
    value = value ? unifier_.Join(*value, value_type) : std::move(value_type);
  }
  if (!key.has_value()) return Type::Map(unifier_.Fresh(), unifier_.Fresh());
  return Type::Map(*key, *value);
}

Type Checker::CheckMessage(NodeId id) {
  std::optional<ResolvedMessage> message =
      ResolveMessage(environment_, ast().node(id).name);
  absl::Span<const NodeId> children = ast().children(id);
  if (!message.has_value()) {
    Fail(id, Cat("unknown message type '", ast().node(id).name, "'"));
    for (size_t i = 1; i < children.size(); i += 2) CheckNode(children[i]);
    return TypeKind::kError;
  }
  ast().mutable_node(id).name = ast().Intern(message->name);
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    CheckField(children[i], children[i + 1], message->name);
  }
  return message->type;
}

void Checker::CheckField(NodeId name, NodeId value, std::string_view message) {
  info(name).type = TypeKind::kString;
  const Type found = CheckNode(value);
  const std::string_view field = ast().node(name).value.string_value();
  std::optional<Type> expected =
      environment_.types()->FindField(message, field);
  if (!expected.has_value()) {
    Fail(name, Cat("message '", message, "' has no field '", field, "'"));
    return;
  }
  if (unifier_.Assign(found, *expected)) return;
  // The constant of the enum behind null is an int.
  if (*expected == TypeKind::kNull && found == TypeKind::kInt) return;
  Fail(value, Cat("field '", field, "' is of type '", expected->ToString(),
                  "', found '", Known(found).ToString(), "'"));
}

void Checker::DeclareLocals(NodeId id, const Type& range) {
  Type key;
  Type value;
  switch (range.kind()) {
    case TypeKind::kList:
      key = TypeKind::kInt;
      value = range.parameter(0);
      break;
    case TypeKind::kMap:
      key = range.parameter(0);
      value = range.parameter(1);
      break;
    case TypeKind::kParam:
      unifier_.Assign(range, Type());
      break;
    case TypeKind::kDyn:
    case TypeKind::kAny:
    case TypeKind::kError:
      break;
    default:
      Fail(ast().child(id, 0), Cat("found type '", range.ToString(),
                                   "', expected a list or a map"));
  }
  const Node& node = ast().node(id);
  info(id).local = static_cast<uint32_t>(locals_.size());
  if (node.name2.empty()) {
    locals_.push_back(
        {node.name, range.kind() == TypeKind::kList ? value : key});
  } else {
    locals_.push_back({node.name, key});
    locals_.push_back({node.name2, value});
  }
}

Type Checker::CheckComprehension(NodeId id) {
  const Type range = unifier_.Substitute(CheckNode(ast().child(id, 0)), false);
  const size_t outer = locals_.size();
  DeclareLocals(id, range);
  const Type key = locals_[outer].type;
  result_->local_count_ =
      std::max(result_->local_count_, static_cast<uint32_t>(locals_.size()));
  const Node node = ast().node(id);
  if (node.child_count == 3) {
    const NodeId condition = ast().child(id, 1);
    ExpectBool(condition, CheckNode(condition));
  }
  const NodeId body = ast().child(id, node.child_count - 1);
  const Type body_type = CheckNode(body);
  if (node.macro != Macro::kMap && node.macro != Macro::kTransformMap &&
      node.macro != Macro::kTransformMapEntry) {
    ExpectBool(body, body_type);
  }
  locals_.resize(outer);
  return ComprehensionType(node.macro, key, body_type);
}

Type Checker::ComprehensionType(Macro macro, const Type& key,
                                const Type& body) {
  switch (macro) {
    case Macro::kFilter:
      return Type::List(key);
    case Macro::kMap:
      return Type::List(body);
    case Macro::kTransformMap:
      return Type::Map(key, body);
    case Macro::kTransformMapEntry:
      return unifier_.Substitute(body, /*unknown_to_dyn=*/false);
    default:
      return TypeKind::kBool;
  }
}

std::vector<const Variable*> CheckedAst::Variables() const {
  std::vector<const Variable*> variables;
  std::vector<NodeId> left = {ast_.root()};
  while (!left.empty()) {
    const NodeId id = left.back();
    left.pop_back();
    const Variable* variable = info_[id].variable;
    if (variable != nullptr && std::find(variables.begin(), variables.end(),
                                         variable) == variables.end()) {
      variables.push_back(variable);
    }
    absl::Span<const NodeId> children = ast_.children(id);
    left.insert(left.end(), children.begin(), children.end());
  }
  return variables;
}

std::shared_ptr<const CheckedAst> Check(Ast ast, const Environment& environment,
                                        const CheckOptions& options,
                                        std::vector<Issue>* issues) {
  return Checker(std::move(ast), environment, options, issues).Run();
}

absl::StatusOr<std::shared_ptr<const CheckedAst>> Check(
    Ast ast, const Environment& environment, const CheckOptions& options) {
  std::vector<Issue> issues;
  auto checked = Check(std::move(ast), environment, options, &issues);
  if (checked == nullptr) return ToStatus(issues);
  return checked;
}

}  // namespace phoenix::cel
