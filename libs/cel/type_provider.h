#ifndef LIBS_CEL_TYPE_PROVIDER_H_
#define LIBS_CEL_TYPE_PROVIDER_H_

#include <optional>
#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "libs/cel/arena.h"
#include "libs/cel/type.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Where message types come from. The core knows none; proto_values.h has the
// one for protobuf. Names are fully qualified. Thread-safe when const.
class TypeProvider {
 public:
  virtual ~TypeProvider() = default;

  // The type that a literal of this message has (a wrapper type, say, for
  // google.protobuf.Int64Value); none when unknown.
  virtual std::optional<Type> FindMessage(std::string_view name) const = 0;
  // The type of a message's field; none when it has no such field.
  virtual std::optional<Type> FindField(std::string_view message,
                                        std::string_view field) const = 0;
  // The number of an enum constant such as "pkg.Enum.VALUE"; none otherwise.
  virtual std::optional<int64_t> FindEnumValue(std::string_view name) const = 0;
  // Builds a message, or the plain value that it stands for.
  virtual Value NewMessage(
      std::string_view name,
      absl::Span<const std::pair<std::string_view, Value>> fields,
      Arena& arena) const = 0;
};

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TYPE_PROVIDER_H_
