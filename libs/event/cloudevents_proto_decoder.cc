#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/base/status_macros.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/status_text.h"
#include "libs/event/timestamp.h"

namespace phoenix {
namespace {

using io::cloudevents::v1::CloudEvent;
using Value = io::cloudevents::v1::CloudEventAttributeValue;

// A value in canonical string form; `scratch` holds it where it is not text
// already.
absl::StatusOr<ExtensionField> ReadValue(std::string_view name,
                                         const Value& value,
                                         std::string& scratch) {
  switch (value.attr_case()) {
    case Value::kCeBoolean:
      return ExtensionField{name, value.ce_boolean() ? "true" : "false",
                            AttributeType::kBoolean};
    case Value::kCeInteger:
      scratch = absl::StrCat(value.ce_integer());
      return ExtensionField{name, scratch, AttributeType::kInteger};
    case Value::kCeString:
      return ExtensionField{name, value.ce_string(), AttributeType::kString};
    case Value::kCeBytes:
      absl::Base64Escape(value.ce_bytes(), &scratch);
      return ExtensionField{name, scratch, AttributeType::kBinary};
    case Value::kCeUri:
      return ExtensionField{name, value.ce_uri(), AttributeType::kUri};
    case Value::kCeUriRef:
      return ExtensionField{name, value.ce_uri_ref(),
                            AttributeType::kUriReference};
    case Value::kCeTimestamp: {
      auto text = FormatRfc3339(
          {value.ce_timestamp().seconds(), value.ce_timestamp().nanos()});
      if (!text.has_value()) break;
      scratch = *std::move(text);
      return ExtensionField{name, scratch, AttributeType::kTimestamp};
    }
    case Value::ATTR_NOT_SET:
      return InvalidArgument("attribute '", name, "' has no value");
  }
  return InvalidArgument("attribute '", name,
                         "' is a timestamp outside of years 1 to 9999");
}

bool HasText(const ExtensionField& field) {
  return field.type == AttributeType::kString ||
         field.type == AttributeType::kUri ||
         field.type == AttributeType::kUriReference;
}

absl::Status CheckStandard(Attribute attribute, const ExtensionField& field) {
  if (attribute == Attribute::kTime) {
    if (field.type == AttributeType::kTimestamp ||
        (HasText(field) && ParseRfc3339(field.value).has_value())) {
      return absl::OkStatus();
    }
    return InvalidArgument("attribute 'time' is '", field.value,
                           "', expected a timestamp or RFC 3339 text");
  }
  if (HasText(field)) return absl::OkStatus();
  return InvalidArgument("attribute '", field.name,
                         "' has the wrong type, expected a string or URI");
}

}  // namespace

std::string& CloudEventsProtoDecoder::Scratch() {
  if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
  return scratch_[scratch_used_++];
}

absl::Status CloudEventsProtoDecoder::Add(const CloudEvent& event,
                                          BatchBuilder& builder) {
  PHOENIX_RETURN_IF_ERROR(Fill(event));
  return builder.AddEvent(fields_);
}

absl::Status CloudEventsProtoDecoder::Fill(const CloudEvent& event) {
  fields_.Clear();
  scratch_used_ = 0;
  if (event.spec_version() != "1.0") {
    return InvalidArgument("attribute 'specversion' is '", event.spec_version(),
                           "', expected '1.0'");
  }
  // In protobuf an attribute that is missing is empty, which is not valid.
  fields_[Attribute::kId] = event.id();
  fields_[Attribute::kSource] = event.source();
  fields_[Attribute::kType] = event.type();
  for (const auto& [name, value] : event.attributes()) {
    PHOENIX_ASSIGN_OR_RETURN(const ExtensionField field,
                             ReadValue(name, value, Scratch()));
    const std::optional<Attribute> standard = FindAttribute(name);
    if (!standard.has_value()) {
      fields_.extensions.push_back(field);
      continue;
    }
    if (*standard <= Attribute::kType) {
      return InvalidArgument("attribute '", name,
                             "' is among 'attributes', expected only in the "
                             "field of its own");
    }
    PHOENIX_RETURN_IF_ERROR(CheckStandard(*standard, field));
    fields_[*standard] = field.value;
  }
  return FillPayload(event);
}

absl::Status CloudEventsProtoDecoder::FillPayload(const CloudEvent& event) {
  switch (event.data_case()) {
    case CloudEvent::kBinaryData:
      return FillData(event.binary_data(), PayloadKind::kBinary);
    case CloudEvent::kTextData:
      return FillData(event.text_data(), PayloadKind::kText);
    case CloudEvent::kProtoData: {
      std::string& bytes = Scratch();
      event.proto_data().SerializeToString(&bytes);
      fields_.payload = bytes;
      fields_.kind = PayloadKind::kProto;
      break;
    }
    case CloudEvent::DATA_NOT_SET:
      fields_.kind = PayloadKind::kNone;
      break;
  }
  return absl::OkStatus();
}

absl::Status CloudEventsProtoDecoder::FillData(const std::string& data,
                                               PayloadKind came_as) {
  PHOENIX_ASSIGN_OR_RETURN(
      fields_.kind,
      classifier_.Classify(
          data, fields_[Attribute::kDataContentType].value_or(""), came_as));
  fields_.payload = data;
  return absl::OkStatus();
}

}  // namespace phoenix
