#include "libs/event/http_binary_mode.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "libs/base/byte_range.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/attribute_name.h"
#include "libs/event/json_error_status.h"
#include "libs/event/status_text.h"
#include "libs/event/timestamp.h"
#include "libs/event/utf8.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"

namespace phoenix {
namespace {

constexpr std::string_view kPrefix = "ce-";
constexpr std::string_view kVersionName = "specversion";
constexpr std::string_view kContentType = "content-type";

bool HasPrefix(std::string_view name) {
  return absl::StartsWithIgnoreCase(ToAbsl(name), ToAbsl(kPrefix));
}

bool IsNamed(std::string_view header_name, std::string_view name) {
  return absl::EqualsIgnoreCase(ToAbsl(header_name), ToAbsl(name));
}

std::string_view Strip(std::string_view text) {
  return FromAbsl(absl::StripAsciiWhitespace(ToAbsl(text)));
}

// The inside of an HTTP quoted-string, or the text itself if it is none.
std::string Unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::string(text);
  }
  std::string inside;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    inside.push_back(text[i]);
  }
  return inside;
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(c);
  if (lower >= 'a' && lower <= 'f') return lower - 'a' + 10;
  return std::nullopt;
}

// None when a percent sign is not followed by two hex digits.
std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = HexDigit(text[i + 1]);
    const auto low = HexDigit(text[i + 2]);
    if (!high.has_value() || !low.has_value()) return std::nullopt;
    decoded.push_back(static_cast<char>(*high << 4 | *low));
    i += 2;
  }
  return decoded;
}

// Everything but printable ASCII, and of that blank, quote and percent.
bool NeedsPercent(char c) {
  return c <= ' ' || c > '~' || c == '"' || c == '%';
}

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (NeedsPercent(c)) {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<uint8_t>(c));
    } else {
      encoded.push_back(c);
    }
  }
  return encoded;
}

// A header's value can't hold what could end it and begin another.
std::string WithoutControls(std::string text) {
  const auto is_control = [](char c) {
    return static_cast<uint8_t>(c) < ' ' || c == '\x7F';
  };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

absl::StatusOr<std::string> DecodeValue(std::string_view value) {
  std::optional<std::string> text = PercentDecode(Unquote(Strip(value)));
  if (!text.has_value()) {
    return InvalidArgument(
        "value has a percent sign without two hexadecimal digits");
  }
  if (!IsUtf8(*text)) return InvalidArgument("value is not UTF-8");
  return *std::move(text);
}

// Reads one request.
class Decoder {
 public:
  Decoder(const SharedBytes& body, JsonIndexer& indexer)
      : body_(body.view()), indexer_(indexer) {}

  absl::Status DecodeHeaders(absl::Span<const HttpHeader> headers) {
    for (const auto& [name, value] : headers) {
      absl::Status status = DecodeHeader(name, value);
      if (!status.ok()) {
        return InContext(status, Cat("header '", name, "'"));
      }
    }
    if (!has_version_) {
      return InvalidArgument("header 'ce-specversion' is missing");
    }
    return absl::OkStatus();
  }

  // After the headers.
  absl::Status DecodeBody() {
    fields_.payload = body_;
    const std::string_view content_type =
        fields_[Attribute::kDataContentType].value_or("");
    if (body_.empty()) {
      fields_.kind = PayloadKind::kNone;
    } else if (content_type.empty()) {
      // It means JSON; what is none must not be taken for it later.
      if (!CheckJson().ok()) fields_.kind = KindOfNoJson();
    } else if (IsJsonContentType(content_type)) {
      return CheckJson();
    } else if (!IsTextContentType(content_type) || !IsUtf8(body_)) {
      fields_.kind = PayloadKind::kBinary;
    }
    return absl::OkStatus();
  }

  const EventFields& fields() const { return fields_; }

 private:
  absl::Status DecodeHeader(std::string_view header_name,
                            std::string_view value) {
    if (IsNamed(header_name, kContentType)) {
      texts_.emplace_back(Strip(value));
      if (!IsUtf8(texts_.back())) return InvalidArgument("value is not UTF-8");
      if (WithoutControls(texts_.back()) != texts_.back()) {
        return InvalidArgument("value has a control character");
      }
      return SetAttribute(Attribute::kDataContentType, texts_.back());
    }
    if (!HasPrefix(header_name)) return absl::OkStatus();
    texts_.emplace_back(header_name.substr(kPrefix.size()));
    absl::AsciiStrToLower(&texts_.back());
    const std::string_view name = texts_.back();
    PHOENIX_ASSIGN_OR_RETURN(std::string text, DecodeValue(value));
    texts_.push_back(std::move(text));
    return SetNamed(name, texts_.back());
  }

  absl::Status SetNamed(std::string_view name, std::string_view text) {
    if (name == kVersionName) return SetVersion(text);
    const std::optional<Attribute> attribute = FindAttribute(name);
    if (!attribute.has_value()) {
      fields_.extensions.push_back({name, text, AttributeType::kString});
      return CheckExtensionName(name);
    }
    if (*attribute == Attribute::kDataContentType) {
      return InvalidArgument("is not allowed, expected 'Content-Type'");
    }
    if (*attribute == Attribute::kTime && !ParseRfc3339(text).has_value()) {
      return InvalidArgument("value is '", text.substr(0, 64),
                             "', expected RFC 3339 such as "
                             "'2024-02-29T12:00:00Z'");
    }
    return SetAttribute(*attribute, text);
  }

  absl::Status SetAttribute(Attribute attribute, std::string_view text) {
    if (fields_[attribute].has_value()) {
      return InvalidArgument("comes twice");
    }
    fields_[attribute] = text;
    return absl::OkStatus();
  }

  absl::Status SetVersion(std::string_view text) {
    if (has_version_) return InvalidArgument("comes twice");
    has_version_ = true;
    if (text == "1.0") return absl::OkStatus();
    return InvalidArgument("value is '", text.substr(0, 16),
                           "', expected '1.0'");
  }

  PayloadKind KindOfNoJson() const {
    return IsUtf8(body_) ? PayloadKind::kPlainText : PayloadKind::kBinary;
  }

  absl::Status CheckJson() {
    const ByteRange all{0, static_cast<uint32_t>(body_.size())};
    JsonIndex index;
    std::vector<JsonError> errors;
    indexer_.Index(body_, absl::MakeConstSpan(&all, 1), index, errors);
    if (errors.empty()) return absl::OkStatus();
    return InContext(JsonErrorStatus(errors[0]), "body");
  }

  const std::string_view body_;
  JsonIndexer& indexer_;
  bool has_version_ = false;
  EventFields fields_;
  std::deque<std::string> texts_;  // What the fields are views of.
};

}  // namespace

bool IsBinaryMode(absl::Span<const HttpHeader> headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return IsNamed(header.first, "ce-specversion");
  });
}

absl::Status DecodeBinaryModeEvent(absl::Span<const HttpHeader> headers,
                                   const SharedBytes& body,
                                   JsonIndexer& indexer,
                                   BatchBuilder& builder) {
  std::vector<DecodeError> errors;
  PHOENIX_RETURN_IF_ERROR(
      DecodeBinaryModeEvent(headers, body, indexer, builder, errors));
  return errors.empty() ? absl::OkStatus() : errors[0].status;
}

absl::Status DecodeBinaryModeEvent(absl::Span<const HttpHeader> headers,
                                   const SharedBytes& body,
                                   JsonIndexer& indexer, BatchBuilder& builder,
                                   std::vector<DecodeError>& errors) {
  Decoder decoder(body, indexer);
  absl::Status added = decoder.DecodeHeaders(headers);
  if (added.ok()) {
    PHOENIX_RETURN_IF_ERROR(decoder.DecodeBody());
    builder.UseInput(body);
    added = builder.AddEvent(decoder.fields());
  }
  if (!added.ok()) errors.push_back({0, std::move(added), body});
  return absl::OkStatus();
}

std::vector<std::pair<std::string, std::string>> EncodeBinaryModeHeaders(
    const EventBatch& batch, uint32_t row) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"ce-specversion", "1.0"}};
  std::string scratch;
  const auto add = [&](std::string_view name, const StringColumn& column) {
    if (!column.HasValue(row)) return;
    headers.emplace_back(Cat(kPrefix, name),
                         PercentEncode(column.Get(row, scratch)));
  };
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    if (attribute == Attribute::kDataContentType) continue;
    add(AttributeName(attribute), batch.attribute(attribute));
  }
  for (const ExtensionColumn& extension : batch.extensions()) {
    add(extension.name, extension.values);
  }
  const StringColumn& type = batch.attribute(Attribute::kDataContentType);
  if (type.HasValue(row)) {
    headers.emplace_back(kContentType, WithoutControls(type.ToString(row)));
  }
  return headers;
}

}  // namespace phoenix
