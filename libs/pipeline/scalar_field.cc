#include "libs/pipeline/scalar_field.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "libs/base/byte_size.h"
#include "libs/pipeline/field_constraint.h"
#include "libs/pipeline/scalar_text.h"

namespace phoenix {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool InBounds(double value, const FieldDescriptor& field) {
  const options::v1::FieldConstraint& constraint = ConstraintOf(field);
  return (!constraint.has_minimum() || value >= constraint.minimum()) &&
         (!constraint.has_maximum() || value <= constraint.maximum());
}

std::optional<int64_t> ParseIntegerField(const std::string& text,
                                         const FieldDescriptor& field) {
  std::optional<int64_t> value;
  if (!ConstraintOf(field).bytes()) {
    value = ParseInteger(text);
  } else if (const auto bytes = ParseByteSize(text); bytes.ok()) {
    value = *bytes;
  }
  if (!value.has_value() || !InBounds(static_cast<double>(*value), field)) {
    return std::nullopt;
  }
  return value;
}

// Sets or appends one value through the pair of reflection's methods for it.
#define PHOENIX_PUT(Type, value)                                     \
  (field.is_repeated()                                               \
       ? message.GetReflection()->Add##Type(&message, &field, value) \
       : message.GetReflection()->Set##Type(&message, &field, value))

template <typename Integer>
std::optional<Integer> Narrow(const std::optional<int64_t>& value) {
  if (!value.has_value() || !std::in_range<Integer>(*value)) {
    return std::nullopt;
  }
  return static_cast<Integer>(*value);
}

bool SetInteger(const std::string& text, const FieldDescriptor& field,
                Message& message) {
  const std::optional<int64_t> value = ParseIntegerField(text, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      const auto narrow = Narrow<int32_t>(value);
      if (narrow.has_value()) PHOENIX_PUT(Int32, *narrow);
      return narrow.has_value();
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto narrow = Narrow<uint32_t>(value);
      if (narrow.has_value()) PHOENIX_PUT(UInt32, *narrow);
      return narrow.has_value();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const auto narrow = Narrow<uint64_t>(value);
      if (narrow.has_value()) PHOENIX_PUT(UInt64, *narrow);
      return narrow.has_value();
    }
    default:
      if (value.has_value()) PHOENIX_PUT(Int64, *value);
      return value.has_value();
  }
}

bool SetNumber(const std::string& text, const FieldDescriptor& field,
               Message& message) {
  const std::optional<double> value = ParseNumber(text);
  if (!value.has_value() || !InBounds(*value, field)) return false;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    PHOENIX_PUT(Double, *value);
  } else {
    PHOENIX_PUT(Float, static_cast<float>(*value));
  }
  return true;
}

bool SetEnum(const std::string& text, const FieldDescriptor& field,
             Message& message) {
  for (int i = 0; i < field.enum_type()->value_count(); ++i) {
    const EnumValueDescriptor* value = field.enum_type()->value(i);
    if (value->number() == 0 || EnumValueName(*value) != text) continue;
    PHOENIX_PUT(Enum, value);
    return true;
  }
  return false;
}

bool SetText(const std::string& text, const FieldDescriptor& field,
             Message& message) {
  const auto& allowed = ConstraintOf(field).allowed();
  const bool found =
      std::find(allowed.begin(), allowed.end(), text) != allowed.end();
  if (!allowed.empty() && !found) return false;
  PHOENIX_PUT(String, text);
  return true;
}

bool SetDuration(const std::string& text, const FieldDescriptor& field,
                 Message& message) {
  const std::optional<absl::Duration> value = ParseDuration(text);
  if (!value.has_value() || !InBounds(absl::ToDoubleSeconds(*value), field)) {
    return false;
  }
  const google::protobuf::Reflection* reflection = message.GetReflection();
  Message* target = field.is_repeated()
                        ? reflection->AddMessage(&message, &field)
                        : reflection->MutableMessage(&message, &field);
  google::protobuf::Duration duration;
  const int64_t seconds = absl::ToInt64Seconds(*value);
  duration.set_seconds(seconds);
  duration.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(*value - absl::Seconds(seconds))));
  target->CopyFrom(duration);
  return true;
}

bool SetBool(const std::string& text, const FieldDescriptor& field,
             Message& message) {
  const std::optional<bool> value = ParseBool(text);
  if (value.has_value()) PHOENIX_PUT(Bool, *value);
  return value.has_value();
}

#undef PHOENIX_PUT

}  // namespace

bool SetScalarField(const std::string& text, const FieldDescriptor& field,
                    Message& message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetText(text, field, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(text, field, message);
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetBool(text, field, message);
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return SetNumber(text, field, message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return IsDuration(field) && SetDuration(text, field, message);
    default:
      return SetInteger(text, field, message);
  }
}

void FillDefaults(Message& message,
                  const std::set<const FieldDescriptor*>& written) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string& text = ConstraintOf(field).default_value();
    if (text.empty() || written.contains(&field)) continue;
    SetScalarField(text, field, message);
  }
}

}  // namespace phoenix
