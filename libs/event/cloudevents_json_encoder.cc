#include "libs/event/cloudevents_json_encoder.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/payload_line.h"
#include "libs/event/utf8.h"
#include "libs/json/json_string.h"

namespace phoenix {
namespace {

// Whether the value of that type is written without quotes.
bool IsBare(AttributeType type, std::string_view value) {
  if (type == AttributeType::kBoolean) {
    return value == "true" || value == "false";
  }
  int32_t number;
  // Only the canonical form is JSON as well: no plus, no leading zero.
  return type == AttributeType::kInteger &&
         absl::SimpleAtoi(ToAbsl(value), &number) && Cat(number) == value;
}

void AppendName(std::string_view name, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
}

// Whether a JSON text stays as it is within another, on one line.
bool StaysAsItIs(std::string_view json) {
  constexpr std::string_view kSpace = " \t\r\n";
  return !json.empty() && kSpace.find(json.front()) == kSpace.npos &&
         kSpace.find(json.back()) == kSpace.npos &&
         json.find_first_of("\r\n") == json.npos;
}

}  // namespace

void CloudEventsJsonEncoder::Append(const EventBatch& batch, uint32_t row,
                                    std::string& out,
                                    std::string_view left_out) {
  out += "{\"specversion\":\"1.0\"";
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    const StringColumn& column = batch.attribute(attribute);
    if (!column.HasValue(row)) continue;
    AppendName(AttributeName(attribute), out);
    AppendJsonString(out, column.Get(row, scratch_));
  }
  for (const ExtensionColumn& extension : batch.extensions()) {
    if (!extension.values.HasValue(row) || extension.name == left_out) continue;
    const std::string_view value = extension.values.Get(row, scratch_);
    AppendName(extension.name, out);
    if (IsBare(extension.types.at(row), value)) {
      out += value;
    } else {
      AppendJsonString(out, value);
    }
  }
  AppendPayload(batch, row, out);
  out += '}';
}

void CloudEventsJsonEncoder::AppendPayload(const EventBatch& batch,
                                           uint32_t row, std::string& out) {
  const PayloadKind kind = batch.payloads().kinds.at(row);
  kept_bytes_ = true;
  if (kind == PayloadKind::kNone) return;
  const std::string_view payload = batch.payload(row);
  const std::string_view content_type =
      batch.attribute(Attribute::kDataContentType).Get(row, scratch_);
  const bool is_json_type = IsJsonContentType(content_type);
  const bool is_text = kind == PayloadKind::kText;
  const bool is_plain_text =
      kind == PayloadKind::kPlainText && plain_text_ == PlainText::kAsString;
  if (is_text && is_json_type && IsJson(batch, payload)) {
    AppendName("data", out);
    AppendOnOneLine(payload, out);
    kept_bytes_ = StaysAsItIs(payload);
  } else if ((is_plain_text || (is_text && !is_json_type)) && IsUtf8(payload)) {
    AppendName("data", out);
    AppendJsonString(out, payload);
  } else {
    AppendName("data_base64", out);
    AppendBase64String(payload, out);
  }
}

// An index of the batch says that all its payloads are valid.
bool CloudEventsJsonEncoder::IsJson(const EventBatch& batch,
                                    std::string_view payload) {
  if (batch.payloads().json_index != nullptr) return true;
  const ByteRange all{0, static_cast<uint32_t>(payload.size())};
  errors_.clear();
  indexer_.Index(payload, absl::MakeConstSpan(&all, 1), index_, errors_);
  return errors_.empty();
}

}  // namespace phoenix
