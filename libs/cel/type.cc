#include "libs/cel/type.h"

#include <utility>

#include "libs/base/text.h"
#include "libs/cel/text.h"

namespace phoenix::cel {
namespace {

std::string_view KindName(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDyn:
      return "dyn";
    case TypeKind::kError:
      return "error";
    case TypeKind::kNull:
      return "null_type";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kInt:
      return "int";
    case TypeKind::kUint:
      return "uint";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kString:
      return "string";
    case TypeKind::kBytes:
      return "bytes";
    case TypeKind::kTimestamp:
      return "google.protobuf.Timestamp";
    case TypeKind::kDuration:
      return "google.protobuf.Duration";
    case TypeKind::kAny:
      return "google.protobuf.Any";
    case TypeKind::kList:
      return "list";
    case TypeKind::kMap:
      return "map";
    case TypeKind::kWrapper:
      return "wrapper";
    case TypeKind::kType:
      return "type";
    case TypeKind::kMessage:
    case TypeKind::kOpaque:
    case TypeKind::kParam:
      return "";
  }
  return "";
}

}  // namespace

Type::Type(TypeKind kind, std::string name, std::vector<Type> parameters)
    : kind_(kind),
      details_(std::make_shared<const Details>(
          Details{std::move(name), std::move(parameters)})) {}

Type Type::List(Type element) {
  return Type(TypeKind::kList, "", {std::move(element)});
}

Type Type::Map(Type key, Type value) {
  return Type(TypeKind::kMap, "", {std::move(key), std::move(value)});
}

Type Type::Wrapper(Type primitive) {
  return Type(TypeKind::kWrapper, "", {std::move(primitive)});
}

Type Type::Message(std::string name) {
  return Type(TypeKind::kMessage, std::move(name), {});
}

Type Type::TypeOf(Type target) {
  return Type(TypeKind::kType, "", {std::move(target)});
}

Type Type::Opaque(std::string name, std::vector<Type> parameters) {
  return Type(TypeKind::kOpaque, std::move(name), std::move(parameters));
}

Type Type::Param(std::string name) {
  return Type(TypeKind::kParam, std::move(name), {});
}

std::string_view Type::name() const {
  return details_ == nullptr ? std::string_view() : details_->name;
}

absl::Span<const Type> Type::parameters() const {
  if (details_ == nullptr) return {};
  return details_->parameters;
}

std::string Type::ToString() const {
  std::string_view head = name().empty() ? KindName(kind_) : name();
  // Short, and what a rule's author writes; RuntimeName has CEL's own name.
  if (kind_ == TypeKind::kTimestamp) head = "timestamp";
  if (kind_ == TypeKind::kDuration) head = "duration";
  if (kind_ == TypeKind::kNull) head = "null";
  if (parameters().empty()) return std::string(head);
  return Cat(head, "(",
             Join(parameters(), ", ",
                  [](const Type& type) { return type.ToString(); }),
             ")");
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_) return false;
  if (a.details_ == b.details_) return true;
  return a.name() == b.name() && a.parameters() == b.parameters();
}

std::string_view RuntimeName(const Type& type) {
  if (type.kind() == TypeKind::kWrapper) return RuntimeName(type.parameter(0));
  return type.name().empty() ? KindName(type.kind()) : type.name();
}

}  // namespace phoenix::cel
