#ifndef LIBS_PIPELINE_SCALAR_FIELD_H_
#define LIBS_PIPELINE_SCALAR_FIELD_H_

#include <set>
#include <string>

#include "google/protobuf/message.h"

namespace phoenix {

// Sets a field of one value (a scalar, an enum or a Duration) to what `text`
// says, or appends it when the field is repeated. False, and nothing is
// changed, when the text is not of the field's type or not within its bounds:
// ExpectedValue (field_constraint.h) says what was expected.
bool SetScalarField(const std::string& text,
                    const google::protobuf::FieldDescriptor& field,
                    google::protobuf::Message& message);

// Sets the fields that have a default, but those in `written`.
void FillDefaults(
    google::protobuf::Message& message,
    const std::set<const google::protobuf::FieldDescriptor*>& written = {});

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCALAR_FIELD_H_
