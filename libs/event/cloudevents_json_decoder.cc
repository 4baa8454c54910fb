#include "libs/event/cloudevents_json_decoder.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "libs/base/error_details.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/json_error_status.h"
#include "libs/event/status_text.h"
#include "libs/event/timestamp.h"
#include "libs/json/json_string.h"

namespace phoenix {
namespace {

constexpr size_t kMaxBodyBytes = 0xFFFFFFFF;  // Offsets have 32 bits.

bool IsString(std::string_view value) { return value.front() == '"'; }

// What the JSON value is, for error messages.
std::string_view Describe(std::string_view value) {
  switch (value.front()) {
    case '"':
      return "a string";
    case '{':
      return "an object";
    case '[':
      return "an array";
    case 't':
    case 'f':
      return "a boolean";
    case 'n':
      return "null";
    default:
      return "a number";
  }
}

absl::Status WrongType(std::string_view name, std::string_view value,
                       std::string_view expected) {
  return InvalidArgument("'", name, "' is ", Describe(value), ", expected ",
                         expected);
}

bool IsInteger(std::string_view number) {
  int32_t value;
  const auto is_digit = [](char c) {
    return c == '-' || (c >= '0' && c <= '9');
  };
  return std::all_of(number.begin(), number.end(), is_digit) &&
         absl::SimpleAtoi(ToAbsl(number), &value);
}

}  // namespace

absl::Status CloudEventsJsonDecoder::DecodeEvent(const SharedBytes& body,
                                                 BatchBuilder& builder) {
  std::vector<DecodeError> errors;
  PHOENIX_RETURN_IF_ERROR(DecodeEvent(body, builder, errors));
  return errors.empty() ? absl::OkStatus() : errors[0].status;
}

absl::Status CloudEventsJsonDecoder::DecodeEvent(
    const SharedBytes& body, BatchBuilder& builder,
    std::vector<DecodeError>& errors) {
  PHOENIX_RETURN_IF_ERROR(Index(body));
  builder.UseInput(body);
  const ByteRange range{0, static_cast<uint32_t>(body.size())};
  JsonTokens tokens(body_, range, index_, 0);
  if (tokens.Peek() != '{') {
    return WrongType("body", body_.substr(tokens.Offset()),
                     "a CloudEvent, which is an object");
  }
  absl::Status added = AddNext(tokens, builder);
  if (!added.ok()) errors.push_back({0, std::move(added), body});
  return absl::OkStatus();
}

absl::Status CloudEventsJsonDecoder::DecodeBatch(
    const SharedBytes& body, BatchBuilder& builder,
    std::vector<DecodeError>& errors) {
  PHOENIX_RETURN_IF_ERROR(Index(body));
  const ByteRange range{0, static_cast<uint32_t>(body.size())};
  JsonTokens tokens(body_, range, index_, 0);
  if (tokens.Peek() != '[') {
    return WrongType("body", body_.substr(tokens.Offset()),
                     "an array of CloudEvents");
  }
  // An element has a token at least, and one behind it: few tokens, few events.
  if (index_.tokens.size() / 2 > EventBatch::kMaxEvents &&
      tokens.CountElements() > EventBatch::kMaxEvents) {
    return InvalidArgument("body has more than '", EventBatch::kMaxEvents,
                           "' events");
  }
  builder.UseInput(body);
  for (uint64_t i = 0; tokens.NextElement(); ++i) {
    JsonTokens element = tokens;
    absl::Status status = AddNext(element, builder);
    if (status.ok()) {
      tokens = element;
      continue;
    }
    const ByteRange place = tokens.TakeValue();
    errors.push_back({i, std::move(status), body.Part(place.begin, place.end)});
  }
  return absl::OkStatus();
}

absl::Status CloudEventsJsonDecoder::Index(const SharedBytes& body) {
  if (body.size() >= kMaxBodyBytes) {
    return InvalidArgument("body has '", body.size(),
                           "' bytes, expected fewer than '", kMaxBodyBytes,
                           "'");
  }
  body_ = body.view();
  errors_.clear();
  const ByteRange all{0, static_cast<uint32_t>(body.size())};
  indexer_.Index(body_, absl::MakeConstSpan(&all, 1), index_, errors_);
  return errors_.empty() ? absl::OkStatus() : JsonErrorStatus(errors_[0]);
}

absl::Status CloudEventsJsonDecoder::AddNext(JsonTokens& tokens,
                                             BatchBuilder& builder) {
  const uint32_t offset = tokens.Offset();
  absl::Status status = Fill(tokens);
  if (status.ok()) status = builder.AddEvent(fields_);
  if (status.ok()) return status;
  return WithContext(status, Cat("event at byte '", offset, "'"));
}

absl::Status CloudEventsJsonDecoder::Fill(JsonTokens& tokens) {
  fields_.Clear();
  names_.clear();
  scratch_used_ = 0;
  version_ = data_ = data_base64_ = {};
  if (tokens.Peek() != '{') {
    return WrongType("event", body_.substr(tokens.Offset()), "an object");
  }
  while (tokens.NextElement()) {
    const std::string_view name = Text(tokens.TakeValue().In(body_));
    tokens.Skip();  // The colon.
    const uint32_t offset = tokens.Offset();
    absl::Status status = FillMember(name, tokens.TakeValue().In(body_));
    if (!status.ok()) {
      return InContext(status, Cat("value at byte '", offset, "'"));
    }
  }
  if (version_.empty()) return InvalidArgument("'specversion' is missing");
  FillDefaultExtensions();
  return FillPayload();
}

absl::Status CloudEventsJsonDecoder::FillMember(std::string_view name,
                                                std::string_view value) {
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    return InvalidArgument("'", name, "' comes twice");
  }
  if (names_.size() == kMaxMembers) {
    return InvalidArgument("'", name, "' is one too many, expected at most '",
                           kMaxMembers, "' members");
  }
  names_.push_back(name);
  if (value == "null") return absl::OkStatus();
  if (name == "specversion") return FillVersion(value);
  if (name == "data") {
    data_ = value;
    return absl::OkStatus();
  }
  if (name == "data_base64") {
    if (!IsString(value)) return WrongType(name, value, "a base64 string");
    data_base64_ = value;
    return absl::OkStatus();
  }
  const std::optional<Attribute> attribute = FindAttribute(name);
  if (attribute.has_value()) return FillAttribute(*attribute, value);
  return FillExtension(name, value);
}

absl::Status CloudEventsJsonDecoder::FillVersion(std::string_view value) {
  version_ = value;
  if (IsString(value) && Text(value) == "1.0") return absl::OkStatus();
  return InvalidArgument("'specversion' is ", value.substr(0, 16),
                         ", expected \"1.0\"");
}

absl::Status CloudEventsJsonDecoder::FillAttribute(Attribute attribute,
                                                   std::string_view value) {
  const std::string_view name = AttributeName(attribute);
  if (!IsString(value)) return WrongType(name, value, "a string");
  const std::string_view text = Text(value);
  if (attribute == Attribute::kTime && !ParseRfc3339(text).has_value()) {
    return InvalidArgument("'time' is '", text.substr(0, 64),
                           "', expected RFC 3339 such as "
                           "'2024-02-29T12:00:00Z'");
  }
  fields_[attribute] = text;
  return absl::OkStatus();
}

absl::Status CloudEventsJsonDecoder::FillExtension(std::string_view name,
                                                   std::string_view value) {
  // Before the builder does, to name the place.
  PHOENIX_RETURN_IF_ERROR(CheckExtensionName(name));
  if (IsString(value)) {
    fields_.extensions.push_back({name, Text(value), AttributeType::kString});
  } else if (value == "true" || value == "false") {
    fields_.extensions.push_back({name, value, AttributeType::kBoolean});
  } else if (IsInteger(value)) {
    fields_.extensions.push_back({name, value, AttributeType::kInteger});
  } else {
    return WrongType(name, value, "a string, a boolean or a 32-bit integer");
  }
  return absl::OkStatus();
}

void CloudEventsJsonDecoder::FillDefaultExtensions() {
  const size_t own = fields_.extensions.size();
  for (const ExtensionField& one : default_extensions_) {
    const auto end = fields_.extensions.begin() + static_cast<ptrdiff_t>(own);
    const bool has_it =
        std::any_of(fields_.extensions.begin(), end,
                    [&](const auto& mine) { return mine.name == one.name; });
    if (!has_it) fields_.extensions.push_back(one);
  }
}

absl::Status CloudEventsJsonDecoder::FillPayload() {
  if (!data_.empty() && !data_base64_.empty()) {
    return InvalidArgument("'data' and 'data_base64' are both there");
  }
  if (!data_base64_.empty()) return FillBytes();
  if (data_.empty()) {
    fields_.kind = PayloadKind::kNone;
  } else if (IsJsonContentType(
                 fields_[Attribute::kDataContentType].value_or(""))) {
    fields_.payload = data_;
  } else if (IsString(data_)) {
    fields_.payload = Text(data_);
  } else {
    return WrongType("data", data_,
                     "a string, because 'datacontenttype' is not JSON");
  }
  return absl::OkStatus();
}

// Bytes whose media type is the content type: JSON in base64 is JSON.
absl::Status CloudEventsJsonDecoder::FillBytes() {
  std::string& bytes = Scratch();
  if (!absl::Base64Unescape(ToAbsl(Text(data_base64_)), &bytes)) {
    return InvalidArgument("'data_base64' is not base64");
  }
  const auto kind = classifier_.Classify(
      bytes, fields_[Attribute::kDataContentType].value_or(""),
      PayloadKind::kBinary);
  if (!kind.ok()) return InContext(kind.status(), "'data_base64'");
  fields_.payload = bytes;
  fields_.kind = *kind;
  return absl::OkStatus();
}

// The text of a valid string literal: where nothing is escaped, a part of it.
std::string_view CloudEventsJsonDecoder::Text(std::string_view literal) {
  const std::string_view raw = literal.substr(1, literal.size() - 2);
  if (raw.find('\\') == std::string_view::npos) return raw;
  std::string& text = Scratch();
  text.resize(raw.size());
  text.resize(Unescape(raw, text.data()));
  return text;
}

std::string& CloudEventsJsonDecoder::Scratch() {
  if (scratch_used_ == scratch_.size()) scratch_.emplace_back();
  return scratch_[scratch_used_++];
}

}  // namespace phoenix
