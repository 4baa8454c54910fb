#include "libs/cel/evaluator.h"

#include <optional>
#include <string_view>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/containers.h"
#include "libs/cel/operators.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

// No operator may hide that the budget is used up.
bool IsFinal(const Value& value) {
  return value.is_error() && value.error().code == ErrorCode::kBudgetExceeded;
}

Value AsDouble(const Value& value) {
  if (value.kind() == ValueKind::kInt) {
    return Value::Double(static_cast<double>(value.int_value()));
  }
  if (value.kind() == ValueKind::kUint) {
    return Value::Double(static_cast<double>(value.uint_value()));
  }
  return value;
}

void Promote(Value& a, Value& b) {
  if (a.kind() == b.kind() || !a.is_number() || !b.is_number()) return;
  if (a.kind() == ValueKind::kDouble || b.kind() == ValueKind::kDouble) {
    a = AsDouble(a);
    b = AsDouble(b);
  }
}

bool AcceptsAll(const Overload& overload, absl::Span<const Value> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!Accepts(overload.parameters[i], arguments[i])) return false;
  }
  return true;
}

}  // namespace

Evaluator::Evaluator(const CheckedAst& checked,
                     const std::vector<CallPlan>& calls,
                     const EvaluationLimits& limits,
                     const Activation& activation, Arena& arena)
    : checked_(checked),
      ast_(checked.ast()),
      calls_(calls),
      activation_(activation),
      context_(arena, limits.max_bytes),
      arena_(arena),
      max_steps_(limits.max_steps),
      locals_(checked.local_count()) {}

Value Evaluator::Error(ErrorCode code, std::string_view message) {
  return Value::Error(arena_, code, message);
}

Value Evaluator::NotBool(const Value& value) {
  return Error(ErrorCode::kNoSuchOverload,
               Cat("found '", TypeNameOf(value), "', expected 'bool'"));
}

Value Evaluator::Located(NodeId id, const Value& error) {
  if (error.error().node != EvaluationError::kNoNode) return error;
  auto* located = arena_.New<EvaluationError>(error.error());
  located->node = id;
  return Value::Error(*located);
}

Value Evaluator::Evaluate(NodeId id) {
  if (++steps_ > max_steps_) {
    return Located(
        id, Error(ErrorCode::kBudgetExceeded,
                  Cat("evaluation takes more than ", max_steps_, " steps")));
  }
  Value value = EvaluateKind(id);
  if (!context_.Fits(0) && !IsFinal(value)) {
    value = context_.BudgetExceeded();
  }
  return value.is_error() ? Located(id, value) : value;
}

Value Evaluator::EvaluateKind(NodeId id) {
  switch (ast_.node(id).kind) {
    case NodeKind::kConstant:
      return ast_.node(id).value;
    case NodeKind::kIdent:
      return EvaluateIdent(id);
    case NodeKind::kSelect:
      return EvaluateSelect(id);
    case NodeKind::kCall:
      return EvaluateCall(id);
    case NodeKind::kList:
      return EvaluateList(id);
    case NodeKind::kMap:
      return EvaluateMap(id);
    case NodeKind::kMessage:
      return EvaluateMessage(id);
    case NodeKind::kComprehension:
      return EvaluateComprehension(id);
  }
  return Value::Null();
}

Value Evaluator::EvaluateIdent(NodeId id) {
  const NodeInfo& info = checked_.info(id);
  if (info.local != NodeInfo::kNoLocal) return locals_[info.local];
  if (info.variable != nullptr) {
    if (std::optional<Value> value = activation_.Find(*info.variable, arena_)) {
      return *value;
    }
  }
  return Error(ErrorCode::kUnknownVariable,
               Cat("no value for variable '", ast_.node(id).name, "'"));
}

Value Evaluator::EvaluateSelect(NodeId id) {
  const Node& node = ast_.node(id);
  Value operand = Evaluate(ast_.child(id, 0));
  if (operand.is_error()) return operand;
  return node.test_only ? TestField(operand, node.name)
                        : SelectField(operand, node.name);
}

Value Evaluator::SelectField(const Value& operand, std::string_view field) {
  if (operand.kind() == ValueKind::kMap) {
    std::optional<Value> value =
        operand.map_value().Find(Value::String(field), arena_);
    if (value.has_value()) return *value;
    return Error(ErrorCode::kNoSuchKey, Cat("no such key '", field, "'"));
  }
  if (operand.kind() == ValueKind::kStruct) {
    return operand.struct_value().Get(field, arena_);
  }
  return Error(ErrorCode::kNoSuchOverload, Cat("type '", TypeNameOf(operand),
                                               "' has no field '", field, "'"));
}

Value Evaluator::TestField(const Value& operand, std::string_view field) {
  if (operand.kind() == ValueKind::kMap) {
    std::optional<Value> value =
        operand.map_value().Find(Value::String(field), arena_);
    return Value::Bool(value.has_value());
  }
  if (operand.kind() == ValueKind::kStruct) {
    return operand.struct_value().Has(field, arena_);
  }
  return Error(ErrorCode::kNoSuchOverload, Cat("type '", TypeNameOf(operand),
                                               "' has no field '", field, "'"));
}

Value Evaluator::EvaluateCall(NodeId id) {
  const CallPlan& plan = calls_[id];
  switch (plan.kind) {
    case CallKind::kConditional:
      return EvaluateConditional(id);
    case CallKind::kAnd:
      return EvaluateLogicalChain(id, /*decisive=*/false);
    case CallKind::kOr:
      return EvaluateLogicalChain(id, /*decisive=*/true);
    case CallKind::kFunction:
      break;
  }
  Arguments arguments;
  for (NodeId child : ast_.children(id)) {
    arguments.push_back(Evaluate(child));
    if (arguments.back().is_error()) return Recover(id, arguments.back());
  }
  return CallFunction(id, plan, arguments);
}

Value Evaluator::Recover(NodeId id, const Value& error) const {
  const Function* function = checked_.info(id).function;
  if (function == nullptr || !function->recover) return error;
  return function->recover(error);
}

Value Evaluator::CallFunction(NodeId id, const CallPlan& plan,
                              Arguments& arguments) {
  if (plan.promote && arguments.size() == 2) {
    Promote(arguments[0], arguments[1]);
  }
  if (plan.impl != nullptr && !checked_.info(id).overloads.empty()) {
    return (*plan.impl)(context_, arguments);
  }
  for (const CallPlan::Candidate& candidate : plan.candidates) {
    if (plan.is_decided || AcceptsAll(*candidate.overload, arguments)) {
      return candidate.impl(context_, arguments);
    }
  }
  return Error(ErrorCode::kNoSuchOverload,
               Cat("no overload of '", DisplayName(ast_.node(id).name),
                   "' takes (", Join(arguments, ", ", TypeNameOf), ")"));
}

Value Evaluator::EvaluateConditional(NodeId id) {
  Value condition = Evaluate(ast_.child(id, 0));
  if (condition.is_error()) return condition;
  if (!condition.is_bool()) return NotBool(condition);
  return Evaluate(ast_.child(id, condition.bool_value() ? 1 : 2));
}

// && and || alike: an operand that is `decisive` decides, whatever errors
// stand before it; else the first error is the result.
Value Evaluator::EvaluateLogicalChain(NodeId id, bool decisive) {
  Value result = Value::Bool(!decisive);
  for (NodeId child : ast_.children(id)) {
    Value value = Evaluate(child);
    if (IsFinal(value)) return value;
    if (value.is_bool()) {
      if (value.bool_value() == decisive) return value;
      continue;
    }
    if (result.is_error()) continue;
    result = value.is_error() ? value : Located(child, NotBool(value));
  }
  return result;
}

Value Evaluator::FinishList(const std::vector<Value>& values) {
  if (!context_.Fits(values.size() * sizeof(Value))) {
    return context_.BudgetExceeded();
  }
  return MakeList(values, arena_);
}

Value Evaluator::EvaluateList(NodeId id) {
  std::vector<Value> values;
  values.reserve(ast_.node(id).child_count);
  for (NodeId child : ast_.children(id)) {
    values.push_back(Evaluate(child));
    if (values.back().is_error()) return values.back();
  }
  return FinishList(values);
}

Value Evaluator::InsertEntry(HashedMap& map, const Value& key,
                             const Value& value) {
  if (!IsMapKey(key)) {
    return Error(ErrorCode::kInvalidArgument,
                 Cat("map key is of type '", TypeNameOf(key),
                     "', expected bool, int, uint or string"));
  }
  // Of a hash table's entry, the key in the order of insertion, and slack.
  constexpr size_t kEntryBytes = 4 * sizeof(Value);
  if (!context_.Fits(kEntryBytes)) return context_.BudgetExceeded();
  arena_.Charge(kEntryBytes);
  if (!map.Insert(key, value)) {
    return Error(ErrorCode::kDuplicateKey,
                 Cat("map has the key ", DebugString(key, 40), " twice"));
  }
  return Value::Null();
}

Value Evaluator::EvaluateMap(NodeId id) {
  auto* map = arena_.New<HashedMap>();
  const auto children = ast_.children(id);
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    Value key = Evaluate(children[i]);
    if (key.is_error()) return key;
    Value value = Evaluate(children[i + 1]);
    if (value.is_error()) return value;
    Value failure = InsertEntry(*map, key, value);
    if (failure.is_error()) return Located(children[i], failure);
  }
  return Value::Map(*map);
}

Value Evaluator::EvaluateMessage(NodeId id) {
  std::vector<std::pair<std::string_view, Value>> fields;
  const auto children = ast_.children(id);
  for (size_t i = 0; i + 1 < children.size(); i += 2) {
    Value value = Evaluate(children[i + 1]);
    if (value.is_error()) return value;
    fields.emplace_back(ast_.node(children[i]).value.string_value(), value);
  }
  const TypeProvider* provider = checked_.environment().types();
  if (provider == nullptr) {
    return Error(ErrorCode::kInvalidArgument,
                 Cat("unknown message type '", ast_.node(id).name, "'"));
  }
  return provider->NewMessage(ast_.node(id).name, fields, arena_);
}

Value Evaluator::EvaluateComprehension(NodeId id) {
  const Value source = Evaluate(ast_.child(id, 0));
  if (source.is_error()) return source;
  Range range = {nullptr, nullptr};
  if (source.kind() == ValueKind::kList) {
    range.items = &source.list_value();
  } else if (source.kind() == ValueKind::kMap) {
    range.entries = &source.map_value();
    range.items = &range.entries->Keys(arena_);
  } else {
    return Error(
        ErrorCode::kNoSuchOverload,
        Cat("found '", TypeNameOf(source), "', expected a list or a map"));
  }
  switch (ast_.node(id).macro) {
    case Macro::kAll:
      return FoldLogical(id, range, /*decisive=*/false);
    case Macro::kExists:
      return FoldLogical(id, range, /*decisive=*/true);
    case Macro::kExistsOne:
      return CountOne(id, range);
    case Macro::kFilter:
      return FilterItems(id, range);
    case Macro::kMap:
      return MapItems(id, range);
    case Macro::kTransformMap:
    case Macro::kTransformMapEntry:
      return TransformMap(id, range);
    case Macro::kNone:
      break;
  }
  return Value::Null();
}

void Evaluator::BindLocals(NodeId id, const Range& range, size_t index) {
  const uint32_t slot = checked_.info(id).local;
  const Value item = range.items->At(index, arena_);
  if (ast_.node(id).name2.empty()) {
    locals_[slot] = item;
  } else if (range.entries == nullptr) {
    locals_[slot] = Value::Int(static_cast<int64_t>(index));
    locals_[slot + 1] = item;
  } else {
    locals_[slot] = item;
    std::optional<Value> value = range.entries->Find(item, arena_);
    locals_[slot + 1] =
        value ? *value : Error(ErrorCode::kInvalidData, "map lost a key");
  }
}

Value Evaluator::FoldLogical(NodeId id, const Range& range, bool decisive) {
  const NodeId body = ast_.child(id, 1);
  Value result = Value::Bool(!decisive);
  for (size_t i = 0; i < range.items->size(); ++i) {
    BindLocals(id, range, i);
    Value value = Evaluate(body);
    if (IsFinal(value)) return value;
    if (value.is_bool()) {
      if (value.bool_value() == decisive) return value;
      continue;
    }
    if (result.is_error()) continue;
    result = value.is_error() ? value : Located(body, NotBool(value));
  }
  return result;
}

Value Evaluator::CountOne(NodeId id, const Range& range) {
  const NodeId body = ast_.child(id, 1);
  size_t count = 0;
  for (size_t i = 0; i < range.items->size(); ++i) {
    BindLocals(id, range, i);
    Value value = Evaluate(body);
    if (value.is_error()) return value;
    if (!value.is_bool()) return Located(body, NotBool(value));
    if (value.bool_value()) ++count;
  }
  return Value::Bool(count == 1);
}

Value Evaluator::FilterItems(NodeId id, const Range& range) {
  const NodeId body = ast_.child(id, 1);
  std::vector<Value> kept;
  for (size_t i = 0; i < range.items->size(); ++i) {
    BindLocals(id, range, i);
    Value value = Evaluate(body);
    if (value.is_error()) return value;
    if (!value.is_bool()) return Located(body, NotBool(value));
    if (value.bool_value()) {
      kept.push_back(locals_[checked_.info(id).local]);
    }
  }
  return FinishList(kept);
}

Value Evaluator::EvaluateCondition(NodeId id) {
  if (ast_.node(id).child_count < 3) return Value::Bool(true);
  const NodeId condition = ast_.child(id, 1);
  Value value = Evaluate(condition);
  if (value.is_error() || value.is_bool()) return value;
  return Located(condition, NotBool(value));
}

Value Evaluator::MapItems(NodeId id, const Range& range) {
  const NodeId body = ast_.child(id, ast_.node(id).child_count - 1);
  std::vector<Value> values;
  for (size_t i = 0; i < range.items->size(); ++i) {
    BindLocals(id, range, i);
    Value counts = EvaluateCondition(id);
    if (counts.is_error()) return counts;
    if (!counts.bool_value()) continue;
    values.push_back(Evaluate(body));
    if (values.back().is_error()) return values.back();
  }
  return FinishList(values);
}

Value Evaluator::TransformMap(NodeId id, const Range& range) {
  const NodeId body = ast_.child(id, ast_.node(id).child_count - 1);
  auto* map = arena_.New<HashedMap>();
  for (size_t i = 0; i < range.items->size(); ++i) {
    BindLocals(id, range, i);
    Value counts = EvaluateCondition(id);
    if (counts.is_error()) return counts;
    if (!counts.bool_value()) continue;
    Value value = Evaluate(body);
    if (value.is_error()) return value;
    const Value& key = locals_[checked_.info(id).local];
    Value failure = ast_.node(id).macro == Macro::kTransformMap
                        ? InsertEntry(*map, key, value)
                        : InsertEntries(*map, value);
    if (failure.is_error()) return Located(body, failure);
  }
  return Value::Map(*map);
}

Value Evaluator::InsertEntries(HashedMap& map, const Value& entries) {
  if (entries.kind() != ValueKind::kMap) {
    return Error(ErrorCode::kNoSuchOverload,
                 Cat("found '", TypeNameOf(entries), "', expected a map"));
  }
  const ListValue& keys = entries.map_value().Keys(arena_);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Value key = keys.At(i, arena_);
    std::optional<Value> value = entries.map_value().Find(key, arena_);
    if (!value.has_value()) continue;
    Value failure = InsertEntry(map, key, *value);
    if (failure.is_error()) return failure;
  }
  return Value::Null();
}

}  // namespace phoenix::cel
