#include "libs/pipeline/field_constraint.h"

#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "libs/base/byte_size.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/scalar_text.h"

namespace phoenix {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using options::v1::FieldConstraint;

// `OnError` -> `ON_ERROR_`.
std::string EnumPrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  return prefix + "_";
}

// A bound as the file would write it.
std::string FormatBound(const FieldDescriptor& field, double value) {
  if (ConstraintOf(field).bytes()) {
    return FormatByteSize(static_cast<int64_t>(value));
  }
  if (IsDuration(field)) return absl::FormatDuration(absl::Seconds(value));
  return FormatNumber(value);
}

std::string Bounds(const FieldDescriptor& field) {
  const FieldConstraint& constraint = ConstraintOf(field);
  if (constraint.has_minimum() && constraint.has_maximum()) {
    return Cat(" from ", FormatBound(field, constraint.minimum()), " to ",
               FormatBound(field, constraint.maximum()));
  }
  if (constraint.has_minimum()) {
    return Cat(" of at least ", FormatBound(field, constraint.minimum()));
  }
  if (constraint.has_maximum()) {
    return Cat(" of at most ", FormatBound(field, constraint.maximum()));
  }
  return "";
}

std::string ExpectedText(const FieldConstraint& constraint) {
  if (constraint.expression()) return "a CEL expression";
  if (constraint.allowed().empty()) return "text";
  return OneOf({constraint.allowed().begin(), constraint.allowed().end()});
}

}  // namespace

const FieldConstraint& ConstraintOf(const FieldDescriptor& field) {
  return field.options().GetExtension(options::v1::field);
}

const options::v1::MessageConstraint& ConstraintOf(const Descriptor& message) {
  return message.options().GetExtension(options::v1::message);
}

std::string EnumValueName(const EnumValueDescriptor& value) {
  const std::string prefix = EnumPrefix(*value.type());
  std::string name = value.name();
  if (name.compare(0, prefix.size(), prefix) == 0) name.erase(0, prefix.size());
  return absl::AsciiStrToLower(name);
}

std::vector<std::string> EnumValueNames(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() == 0) continue;
    names.push_back(EnumValueName(*type.value(i)));
  }
  return names;
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Duration";
}

const FieldDescriptor* KindField(const Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        field->message_type()->full_name() == "google.protobuf.Any") {
      return field;
    }
  }
  return nullptr;
}

std::string ExpectedValue(const FieldDescriptor& field) {
  if (IsDuration(field)) {
    return Cat("a duration such as '5s'", Bounds(field));
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Cat(ConstraintOf(field).bytes() ? "a size such as '64MiB'"
                                             : "a whole number",
                 Bounds(field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return Cat("a number", Bounds(field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return OneOf(EnumValueNames(*field.enum_type()));
    case FieldDescriptor::CPPTYPE_STRING:
      return ExpectedText(ConstraintOf(field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "a mapping";
  }
  return "";
}

}  // namespace phoenix
