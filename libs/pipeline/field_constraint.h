#ifndef LIBS_PIPELINE_FIELD_CONSTRAINT_H_
#define LIBS_PIPELINE_FIELD_CONSTRAINT_H_

#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "phoenix/options/v1/options.pb.h"

namespace phoenix {

// What a config message says of its own fields (options.proto), for the loader,
// the JSON Schema and the reference page alike. The descriptors may be of any
// pool that parsed the options with the generated extension. Thread-safe.

const options::v1::FieldConstraint& ConstraintOf(
    const google::protobuf::FieldDescriptor& field);

const options::v1::MessageConstraint& ConstraintOf(
    const google::protobuf::Descriptor& message);

// A value of an enum as a file writes it: `ON_ERROR_KEEP` is `keep`.
std::string EnumValueName(const google::protobuf::EnumValueDescriptor& value);

// The values that a file may write, without the one that stands for none.
std::vector<std::string> EnumValueNames(
    const google::protobuf::EnumDescriptor& type);

// True for a field of type google.protobuf.Duration, written as `5s`.
bool IsDuration(const google::protobuf::FieldDescriptor& field);

// The field that holds the config of a component's kind; null when the message
// is no component.
const google::protobuf::FieldDescriptor* KindField(
    const google::protobuf::Descriptor& message);

// What one value of the field must be, with its bounds: `a whole number from 1
// to 65535`, `a duration such as '5s'`, `'csv' or 'ndjson'`.
std::string ExpectedValue(const google::protobuf::FieldDescriptor& field);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_FIELD_CONSTRAINT_H_
