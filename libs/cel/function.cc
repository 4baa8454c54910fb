#include "libs/cel/function.h"

#include <algorithm>
#include <utility>

#include "libs/base/text.h"
#include "libs/cel/text.h"
#include "libs/cel/type_unifier.h"

namespace phoenix::cel {
namespace {

bool Overlap(const Overload& a, const Overload& b) {
  if (a.is_member != b.is_member ||
      a.parameters.size() != b.parameters.size()) {
    return false;
  }
  // Parameters of the two must not be taken for each other.
  TypeUnifier unifier;
  std::map<std::string, Type> names_a;
  std::map<std::string, Type> names_b;
  for (size_t i = 0; i < a.parameters.size(); ++i) {
    if (!unifier.Assign(unifier.Instantiate(a.parameters[i], names_a),
                        unifier.Instantiate(b.parameters[i], names_b))) {
      return false;
    }
  }
  return true;
}

absl::Status CheckNew(const Function& known, const Overload& overload) {
  for (const Overload& other : known.overloads) {
    if (other.id == overload.id || Overlap(other, overload)) {
      return absl::AlreadyExistsError(Cat("overload '", overload.id,
                                          "' of function '", known.name,
                                          "' overlaps with '", other.id, "'"));
    }
  }
  return absl::OkStatus();
}

std::string Signature(absl::Span<const Type> parameters) {
  return Cat(
      "(",
      Join(parameters, ", ", [](const Type& type) { return type.ToString(); }),
      ")");
}

ValueKind KindOfPrimitive(TypeKind kind) {
  switch (kind) {
    case TypeKind::kNull:
      return ValueKind::kNull;
    case TypeKind::kBool:
      return ValueKind::kBool;
    case TypeKind::kInt:
      return ValueKind::kInt;
    case TypeKind::kUint:
      return ValueKind::kUint;
    case TypeKind::kDouble:
      return ValueKind::kDouble;
    case TypeKind::kString:
      return ValueKind::kString;
    case TypeKind::kBytes:
      return ValueKind::kBytes;
    case TypeKind::kTimestamp:
      return ValueKind::kTimestamp;
    case TypeKind::kDuration:
      return ValueKind::kDuration;
    case TypeKind::kList:
      return ValueKind::kList;
    case TypeKind::kMap:
      return ValueKind::kMap;
    case TypeKind::kType:
      return ValueKind::kType;
    default:
      return ValueKind::kError;
  }
}

}  // namespace

Value CallContext::BudgetExceeded() {
  return Error(ErrorCode::kBudgetExceeded,
               Cat("evaluation needs more than ", max_bytes_, " bytes"));
}

absl::Status FunctionRegistry::Add(Function function) {
  auto it = functions_.find(function.name);
  if (it == functions_.end()) {
    auto created = std::make_unique<Function>();
    created->name = function.name;
    it = functions_.emplace(function.name, std::move(created)).first;
  }
  Function& known = *it->second;
  for (Overload& overload : function.overloads) {
    if (absl::Status status = CheckNew(known, overload); !status.ok()) {
      return status;
    }
    known.overloads.push_back(std::move(overload));
  }
  if (function.impl) known.impl = std::move(function.impl);
  if (function.recover) known.recover = std::move(function.recover);
  return absl::OkStatus();
}

const Function* FunctionRegistry::Find(std::string_view name) const {
  auto it = functions_.find(name);
  return it == functions_.end() ? nullptr : it->second.get();
}

std::vector<std::string_view> FunctionRegistry::Names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, function] : functions_) names.push_back(name);
  return names;
}

bool Accepts(const Type& type, const Value& value) {
  switch (type.kind()) {
    case TypeKind::kDyn:
    case TypeKind::kAny:
    case TypeKind::kError:
    case TypeKind::kParam:
      return true;
    case TypeKind::kWrapper:
      return value.kind() == ValueKind::kNull ||
             Accepts(type.parameter(0), value);
    case TypeKind::kMessage:
      return value.kind() == ValueKind::kStruct &&
             value.struct_value().type_name() == type.name();
    case TypeKind::kOpaque:
      return false;
    default:
      return value.kind() == KindOfPrimitive(type.kind());
  }
}

std::string SignatureOf(const Overload& overload) {
  absl::Span<const Type> parameters = overload.parameters;
  if (!overload.is_member) return Signature(parameters);
  return Cat(parameters[0].ToString(), ".", Signature(parameters.subspan(1)));
}

}  // namespace phoenix::cel
