#include "libs/cel/name_resolution.h"

#include <map>
#include <utility>

namespace phoenix::cel {
namespace {

std::optional<Type> FindBuiltinType(std::string_view name) {
  static const auto* const kTypes = new std::map<std::string_view, Type>{
      {"bool", TypeKind::kBool},
      {"int", TypeKind::kInt},
      {"uint", TypeKind::kUint},
      {"double", TypeKind::kDouble},
      {"string", TypeKind::kString},
      {"bytes", TypeKind::kBytes},
      {"null_type", TypeKind::kNull},
      {"type", Type::TypeOf(Type())},
      {"list", Type::List(Type())},
      {"map", Type::Map(Type(), Type())},
      {"google.protobuf.Timestamp", TypeKind::kTimestamp},
      {"google.protobuf.Duration", TypeKind::kDuration},
  };
  auto it = kTypes->find(name);
  if (it == kTypes->end()) return std::nullopt;
  return it->second;
}

std::optional<ResolvedName> FindName(const Environment& environment,
                                     std::string_view name) {
  ResolvedName resolved;
  resolved.variable = environment.FindVariable(name);
  if (resolved.variable != nullptr) {
    resolved.type = resolved.variable->type;
    return resolved;
  }
  const TypeProvider* provider = environment.types();
  std::optional<Type> type = FindBuiltinType(name);
  if (!type && provider != nullptr) type = provider->FindMessage(name);
  if (type.has_value()) {
    resolved.type = *std::move(type);
    return resolved;
  }
  if (provider != nullptr) resolved.enum_number = provider->FindEnumValue(name);
  if (!resolved.enum_number.has_value()) return std::nullopt;
  resolved.type = TypeKind::kInt;
  return resolved;
}

}  // namespace

std::optional<ResolvedName> ResolveName(const Environment& environment,
                                        std::string_view name) {
  for (const std::string& candidate : environment.Candidates(name)) {
    if (auto resolved = FindName(environment, candidate)) return resolved;
  }
  return std::nullopt;
}

const Function* ResolveFunction(const Environment& environment,
                                std::string_view name) {
  for (const std::string& candidate : environment.Candidates(name)) {
    const Function* function = environment.functions().Find(candidate);
    if (function != nullptr) return function;
  }
  return nullptr;
}

std::optional<ResolvedMessage> ResolveMessage(const Environment& environment,
                                              std::string_view name) {
  const TypeProvider* provider = environment.types();
  if (provider == nullptr) return std::nullopt;
  for (std::string& candidate : environment.Candidates(name)) {
    std::optional<Type> type = provider->FindMessage(candidate);
    if (type.has_value()) {
      return ResolvedMessage{std::move(candidate), *std::move(type)};
    }
  }
  return std::nullopt;
}

}  // namespace phoenix::cel
