#ifndef LIBS_CEL_TYPE_H_
#define LIBS_CEL_TYPE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace phoenix::cel {

enum class TypeKind : uint8_t {
  kDyn,    // known at run time only; what JSON gives
  kError,  // the type of an expression with an issue: fits everything
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kAny,      // google.protobuf.Any: dyn at run time
  kList,     // one parameter: the element
  kMap,      // two parameters: key and value
  kWrapper,  // one parameter: the primitive that may also be null
  kMessage,  // a message type, by name
  kType,     // one parameter: the type that is the value; none for type(type)
  kOpaque,   // an abstract type with a name and parameters: optional_type(T)
  kParam,    // a type parameter such as T in list(T), by name
};

// A CEL type: an immutable value, cheap to copy. Thread-safe.
class Type {
 public:
  // Dyn.
  Type() = default;
  // A kind without parameters; implicit so that tables of signatures read well.
  // NOLINTNEXTLINE(google-explicit-constructor): tables would be hard to read
  Type(TypeKind kind) : kind_(kind) {}

  static Type List(Type element);
  static Type Map(Type key, Type value);
  // `primitive` is bool, int, uint, double, string or bytes.
  static Type Wrapper(Type primitive);
  static Type Message(std::string name);
  static Type TypeOf(Type target);
  static Type Opaque(std::string name, std::vector<Type> parameters);
  static Type Param(std::string name);

  TypeKind kind() const { return kind_; }
  bool is_dyn() const { return kind_ == TypeKind::kDyn; }
  // Whether nothing is known before run time: dyn, Any or an error.
  bool is_dynamic() const {
    return is_dyn() || kind_ == TypeKind::kAny || kind_ == TypeKind::kError;
  }
  // int, uint or double; not a wrapper.
  bool is_number() const {
    return kind_ >= TypeKind::kInt && kind_ <= TypeKind::kDouble;
  }

  // The name of a message, an opaque type or a parameter; empty otherwise.
  std::string_view name() const;
  absl::Span<const Type> parameters() const;
  // Precondition: a kind that has this parameter.
  const Type& parameter(size_t index) const { return parameters()[index]; }

  // As CEL writes it: "list(map(string, dyn))", "wrapper(int)".
  std::string ToString() const;

  friend bool operator==(const Type& a, const Type& b);
  friend bool operator!=(const Type& a, const Type& b) { return !(a == b); }

 private:
  struct Details {
    std::string name;
    std::vector<Type> parameters;
  };

  Type(TypeKind kind, std::string name, std::vector<Type> parameters);

  TypeKind kind_ = TypeKind::kDyn;
  std::shared_ptr<const Details> details_;  // null for the simple kinds
};

// The name that `type` has as a value at run time: "int", "list",
// "google.protobuf.Timestamp"; a message's or opaque type's own name.
std::string_view RuntimeName(const Type& type);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TYPE_H_
