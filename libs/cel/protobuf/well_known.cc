#include "libs/cel/protobuf/well_known.h"

#include <map>
#include <string_view>

namespace phoenix::cel {

using google::protobuf::FieldDescriptor;

WellKnown WellKnownOf(const google::protobuf::Descriptor& message) {
  static const auto* const kNames = new std::map<std::string_view, WellKnown>{
      {"google.protobuf.Any", WellKnown::kAny},
      {"google.protobuf.Timestamp", WellKnown::kTimestamp},
      {"google.protobuf.Duration", WellKnown::kDuration},
      {"google.protobuf.Struct", WellKnown::kStruct},
      {"google.protobuf.ListValue", WellKnown::kListValue},
      {"google.protobuf.Value", WellKnown::kValue},
      {"google.protobuf.BoolValue", WellKnown::kWrapper},
      {"google.protobuf.Int32Value", WellKnown::kWrapper},
      {"google.protobuf.Int64Value", WellKnown::kWrapper},
      {"google.protobuf.UInt32Value", WellKnown::kWrapper},
      {"google.protobuf.UInt64Value", WellKnown::kWrapper},
      {"google.protobuf.FloatValue", WellKnown::kWrapper},
      {"google.protobuf.DoubleValue", WellKnown::kWrapper},
      {"google.protobuf.StringValue", WellKnown::kWrapper},
      {"google.protobuf.BytesValue", WellKnown::kWrapper},
  };
  auto it = kNames->find(message.full_name());
  return it == kNames->end() ? WellKnown::kNone : it->second;
}

bool IsNullEnum(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
         field.enum_type()->full_name() == "google.protobuf.NullValue";
}

}  // namespace phoenix::cel
