#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/base/text.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/timestamp.h"
#include "libs/event/utf8.h"

namespace phoenix {
namespace {

using io::cloudevents::v1::CloudEvent;
using Value = io::cloudevents::v1::CloudEventAttributeValue;

bool WriteTimestamp(std::string_view text, Value& value) {
  const auto time = ParseRfc3339(text);
  if (!time.has_value() || !IsWithinRange(*time)) return false;
  value.mutable_ce_timestamp()->set_seconds(time->seconds);
  value.mutable_ce_timestamp()->set_nanos(time->nanos);
  return true;
}

bool WriteInteger(std::string_view text, Value& value) {
  int32_t number;
  if (!absl::SimpleAtoi(ToAbsl(text), &number)) return false;
  value.set_ce_integer(number);
  return true;
}

bool WriteBoolean(std::string_view text, Value& value) {
  if (text != "true" && text != "false") return false;
  value.set_ce_boolean(text == "true");
  return true;
}

bool WriteBytes(std::string_view text, Value& value) {
  return absl::Base64Unescape(ToAbsl(text), value.mutable_ce_bytes());
}

// Whether the text fits the type.
bool WriteTyped(AttributeType type, std::string_view text, Value& value) {
  switch (type) {
    case AttributeType::kBoolean:
      return WriteBoolean(text, value);
    case AttributeType::kInteger:
      return WriteInteger(text, value);
    case AttributeType::kBinary:
      return WriteBytes(text, value);
    case AttributeType::kTimestamp:
      return WriteTimestamp(text, value);
    case AttributeType::kUri:
      value.set_ce_uri(std::string(text));
      return true;
    case AttributeType::kUriReference:
      value.set_ce_uri_ref(std::string(text));
      return true;
    case AttributeType::kString:
      break;
  }
  return false;
}

void Write(AttributeType type, std::string_view text, Value& value) {
  if (!WriteTyped(type, text, value)) value.set_ce_string(std::string(text));
}

AttributeType TypeOf(Attribute attribute) {
  if (attribute == Attribute::kTime) return AttributeType::kTimestamp;
  if (attribute == Attribute::kDataSchema) return AttributeType::kUri;
  return AttributeType::kString;
}

void WritePayload(const EventBatch& batch, uint32_t row, CloudEvent& event) {
  const std::string_view payload = batch.payload(row);
  switch (batch.payloads().kinds.at(row)) {
    case PayloadKind::kNone:
      return;
    case PayloadKind::kText:
    case PayloadKind::kPlainText:
      if (!IsUtf8(payload)) break;
      event.set_text_data(payload.data(), payload.size());
      return;
    case PayloadKind::kProto:
      if (event.mutable_proto_data()->ParseFromArray(
              payload.data(), static_cast<int>(payload.size()))) {
        return;
      }
      break;
    case PayloadKind::kBinary:
      break;
  }
  event.set_binary_data(payload.data(), payload.size());
}

}  // namespace

void ToCloudEvent(const EventBatch& batch, uint32_t row, CloudEvent& event) {
  std::string scratch;
  const auto get = [&](Attribute attribute) {
    return std::string(batch.attribute(attribute).Get(row, scratch));
  };
  event.set_spec_version("1.0");
  event.set_id(get(Attribute::kId));
  event.set_source(get(Attribute::kSource));
  event.set_type(get(Attribute::kType));
  auto& attributes = *event.mutable_attributes();
  for (const Attribute attribute :
       {Attribute::kSubject, Attribute::kTime, Attribute::kDataContentType,
        Attribute::kDataSchema}) {
    if (!batch.attribute(attribute).HasValue(row)) continue;
    Write(TypeOf(attribute), get(attribute),
          attributes[std::string(AttributeName(attribute))]);
  }
  for (const ExtensionColumn& extension : batch.extensions()) {
    if (!extension.values.HasValue(row)) continue;
    Write(extension.types.at(row), extension.values.Get(row, scratch),
          attributes[extension.name]);
  }
  WritePayload(batch, row, event);
}

}  // namespace phoenix
