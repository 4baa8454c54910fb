#ifndef LIBS_CEL_PROTOBUF_PROTO_TYPE_PROVIDER_H_
#define LIBS_CEL_PROTOBUF_PROTO_TYPE_PROVIDER_H_

#include <optional>
#include <string_view>
#include <utility>

#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"
#include "libs/cel/protobuf/proto_value.h"
#include "libs/cel/type.h"
#include "libs/cel/type_provider.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// Protobuf messages as CEL types. Enums are ints, and extensions are fields by
// their full name. Thread-safe as far as the factory is.
class ProtoTypeProvider : public TypeProvider {
 public:
  // The pool and the factory are borrowed, see ProtoTypes.
  explicit ProtoTypeProvider(const ProtoTypes& types) : types_(types) {}

  std::optional<Type> FindMessage(std::string_view name) const override;
  std::optional<Type> FindField(std::string_view message,
                                std::string_view field) const override;
  std::optional<int64_t> FindEnumValue(std::string_view name) const override;
  Value NewMessage(std::string_view name,
                   absl::Span<const std::pair<std::string_view, Value>> fields,
                   Arena& arena) const override;

  const ProtoTypes& types() const { return types_; }

 private:
  const ProtoTypes types_;
};

// The CEL type of a message, a plain type for a well-known one.
Type TypeOfMessage(const google::protobuf::Descriptor& message);
// The CEL type of a field.
Type TypeOfField(const google::protobuf::FieldDescriptor& field);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_PROTOBUF_PROTO_TYPE_PROVIDER_H_
