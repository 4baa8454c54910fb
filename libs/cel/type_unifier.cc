#include "libs/cel/type_unifier.h"

#include <utility>
#include <vector>

#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

bool IsParam(const Type& type) { return type.kind() == TypeKind::kParam; }

// Strips a wrapper: wrapper(int) and int may be used for each other.
const Type& Unwrapped(const Type& type) {
  return type.kind() == TypeKind::kWrapper ? type.parameter(0) : type;
}

Type WithParameters(const Type& type, std::vector<Type> parameters) {
  switch (type.kind()) {
    case TypeKind::kList:
      return Type::List(parameters[0]);
    case TypeKind::kMap:
      return Type::Map(parameters[0], parameters[1]);
    case TypeKind::kWrapper:
      return Type::Wrapper(parameters[0]);
    case TypeKind::kType:
      return Type::TypeOf(parameters[0]);
    case TypeKind::kOpaque:
      return Type::Opaque(std::string(type.name()), std::move(parameters));
    default:
      return type;
  }
}

template <typename Transform>
Type MapParameters(const Type& type, Transform transform) {
  if (type.parameters().empty()) return type;
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters()) {
    parameters.push_back(transform(parameter));
  }
  return WithParameters(type, std::move(parameters));
}

// Whether `a` includes `b`: of two types that fit each other, the one to keep.
bool IsMoreGeneral(const Type& a, const Type& b) {
  if (a.is_dynamic() || IsParam(a)) return true;
  if (b.is_dynamic() || IsParam(b)) return false;
  if (b.kind() == TypeKind::kNull) return IsNullable(a);
  if (a.kind() == TypeKind::kWrapper) return Unwrapped(b) == a.parameter(0);
  if (a.kind() != b.kind() || a.name() != b.name() ||
      a.parameters().size() != b.parameters().size()) {
    return false;
  }
  for (size_t i = 0; i < a.parameters().size(); ++i) {
    if (!IsMoreGeneral(a.parameter(i), b.parameter(i))) return false;
  }
  return true;
}

const Type& MoreGeneral(const Type& a, const Type& b) {
  return IsMoreGeneral(a, b) ? a : b;
}

}  // namespace

bool IsNullable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
    case TypeKind::kWrapper:
    case TypeKind::kMessage:
    case TypeKind::kOpaque:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kAny:
      return true;
    default:
      return false;
  }
}

const Type* TypeUnifier::Find(const Type& param) const {
  auto it = known_.find(param.name());
  return it == known_.end() ? nullptr : &it->second;
}

bool TypeUnifier::Mentions(const Type& type, std::string_view param) const {
  if (IsParam(type)) {
    if (type.name() == param) return true;
    const Type* known = Find(type);
    return known != nullptr && Mentions(*known, param);
  }
  for (const Type& parameter : type.parameters()) {
    if (Mentions(parameter, param)) return true;
  }
  return false;
}

bool TypeUnifier::Bind(const Type& type, const Type& param, bool* bound) {
  if (type == param) return true;
  const Type* found = Find(param);
  *bound = found != nullptr;
  if (found == nullptr) {
    if (Mentions(type, param.name())) return false;
    known_[std::string(param.name())] = type;
    return true;
  }
  const Type known = *found;
  if (type == known) return true;
  if (!Unify(type, known)) return false;
  Type general = MoreGeneral(type, known);
  if (!Mentions(general, param.name())) {
    known_[std::string(param.name())] = std::move(general);
  }
  return true;
}

bool TypeUnifier::Unify(const Type& from, const Type& to) {
  if (IsParam(to)) {
    bool bound = false;
    if (Bind(from, to, &bound)) return true;
    if (bound) return false;
  }
  if (IsParam(from)) {
    bool bound = false;
    return Bind(to, from, &bound);
  }
  if (from.is_dynamic() || to.is_dynamic()) return true;
  if (from.kind() == TypeKind::kNull) return IsNullable(to);
  if (to.kind() == TypeKind::kNull) return IsNullable(from);
  const Type& a = Unwrapped(from);
  const Type& b = Unwrapped(to);
  if (a.kind() != b.kind()) return false;
  // All types are values of one type.
  if (a.kind() == TypeKind::kType) return true;
  return a.name() == b.name() && UnifyAll(a.parameters(), b.parameters());
}

bool TypeUnifier::UnifyAll(absl::Span<const Type> from,
                           absl::Span<const Type> to) {
  if (from.size() != to.size()) return false;
  for (size_t i = 0; i < from.size(); ++i) {
    if (!Unify(from[i], to[i])) return false;
  }
  return true;
}

bool TypeUnifier::Assign(absl::Span<const Type> from,
                         absl::Span<const Type> to) {
  Substitutions before = known_;
  if (UnifyAll(from, to)) return true;
  known_ = std::move(before);
  return false;
}

bool TypeUnifier::Assign(const Type& from, const Type& to) {
  return Assign(absl::MakeConstSpan(&from, 1), absl::MakeConstSpan(&to, 1));
}

Type TypeUnifier::Join(const Type& a, const Type& b) {
  if (!Assign(a, b)) return Type();
  return MoreGeneral(a, b);
}

Type TypeUnifier::Substitute(const Type& type, bool unknown_to_dyn) const {
  if (IsParam(type)) {
    const Type* known = Find(type);
    if (known != nullptr) return Substitute(*known, unknown_to_dyn);
    return unknown_to_dyn ? Type() : type;
  }
  return MapParameters(type, [&](const Type& parameter) {
    return Substitute(parameter, unknown_to_dyn);
  });
}

Type TypeUnifier::Instantiate(const Type& type,
                              std::map<std::string, Type>& renamed) {
  if (IsParam(type)) {
    auto [it, inserted] = renamed.try_emplace(std::string(type.name()));
    if (inserted) it->second = Fresh();
    return it->second;
  }
  return MapParameters(type, [&](const Type& parameter) {
    return Instantiate(parameter, renamed);
  });
}

Type TypeUnifier::Fresh() { return Type::Param(Cat("_", next_param_++)); }

}  // namespace phoenix::cel
