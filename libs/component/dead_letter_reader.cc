#include "libs/component/dead_letter_reader.h"

#include <deque>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "libs/base/byte_range.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/dead_letter.h"
#include "libs/event/attribute_name.h"
#include "libs/event/batch_builder.h"
#include "libs/event/status_text.h"
#include "libs/event/timestamp.h"
#include "libs/event/utf8.h"
#include "libs/json/json_string.h"

namespace phoenix {
namespace {

// An event that was taken once is taken again, whatever the bounds are now.
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
constexpr BatchLimits kLimits = {.max_bytes = kNoLimit,
                                 .max_event_bytes = kNoLimit,
                                 .max_attribute_bytes = kNoLimit,
                                 .max_extensions = kNoLimit};

bool IsString(std::string_view value) { return value.front() == '"'; }

// The text of a string, or the literal of anything else.
std::string TextOf(std::string_view value) {
  if (!IsString(value)) return std::string(value);
  const std::string_view raw = value.substr(1, value.size() - 2);
  std::string text(raw.size(), '\0');
  text.resize(Unescape(raw, text.data()));
  return text;
}

int64_t NumberOf(std::string_view value) {
  int64_t number = 0;
  return absl::SimpleAtoi(ToAbsl(value), &number) ? number : 0;
}

absl::Time TimeOf(std::string_view text) {
  const std::optional<Timestamp> time = ParseRfc3339(text);
  if (!time.has_value()) return absl::UnixEpoch();
  return absl::FromUnixSeconds(time->seconds) + absl::Nanoseconds(time->nanos);
}

// Of a payload that stands as bytes in a dead letter, as a door would say it.
PayloadKind KindOfBytes(std::string_view payload,
                        std::string_view content_type) {
  if (content_type.empty()) {
    return IsUtf8(payload) ? PayloadKind::kPlainText : PayloadKind::kBinary;
  }
  // What claims to be JSON came as text, however broken it is.
  return IsJsonContentType(content_type) ? PayloadKind::kText
                                         : PayloadKind::kBinary;
}

absl::Status SetBytes(std::string_view base64, std::string& bytes) {
  if (absl::Base64Unescape(ToAbsl(base64), &bytes)) return absl::OkStatus();
  return InvalidArgument("payload is not base64");
}

// The tokens of a text that must be an object.
absl::StatusOr<JsonTokens> IndexObject(std::string_view json,
                                       JsonIndexer& indexer, JsonIndex& index,
                                       std::vector<JsonError>& errors) {
  const ByteRange all{0, static_cast<uint32_t>(json.size())};
  errors.clear();
  indexer.Index(json, {&all, 1}, index, errors);
  if (!errors.empty()) {
    return InvalidArgument("not valid JSON at byte '", errors[0].offset,
                           "': ", errors[0].message);
  }
  const JsonTokens tokens(json, all, index, 0);
  if (tokens.Peek() != '{') return InvalidArgument("not a JSON object");
  return tokens;
}

// Calls `visit(name, value, tokens of the value)` for each member of the object
// that is next.
template <typename Visit>
absl::Status ForEachMember(std::string_view json, JsonTokens tokens,
                           Visit visit) {
  if (tokens.Peek() != '{') return InvalidArgument("not a JSON object");
  while (tokens.NextElement()) {
    const std::string name = TextOf(tokens.TakeValue().In(json));
    tokens.Skip();  // The colon.
    const JsonTokens at = tokens;
    PHOENIX_RETURN_IF_ERROR(visit(name, tokens.TakeValue().In(json), at));
  }
  return absl::OkStatus();
}

AttributeType TypeOf(std::string_view value) {
  if (IsString(value)) return AttributeType::kString;
  return value == "true" || value == "false" ? AttributeType::kBoolean
                                             : AttributeType::kInteger;
}

// A letter as the event that failed.
DeadLetter Whole(const EventBatch& letters, uint32_t row,
                 const absl::Status& why) {
  const auto text = [&](Attribute attribute) {
    return letters.attribute(attribute).ToString(row);
  };
  constexpr std::string_view kSourcePrefix = "/phoenix/";
  DeadLetter letter;
  letter.id = text(Attribute::kId);
  letter.component = text(Attribute::kSubject);
  letter.pipeline = text(Attribute::kSource);
  if (letter.pipeline.starts_with(kSourcePrefix)) {
    letter.pipeline.erase(0, kSourcePrefix.size());
  }
  letter.error_code = absl::StatusCodeToString(absl::StatusCode::kUnknown);
  letter.error_message =
      Cat("dead letter can't be read: ", FromAbsl(why.message()));
  letter.time = TimeOf(text(Attribute::kTime));
  letter.attributes = "{\"specversion\":\"1.0\"";
  for (const Attribute attribute :
       {Attribute::kId, Attribute::kSource, Attribute::kType}) {
    CatTo(letter.attributes, ",\"", AttributeName(attribute), "\":");
    AppendJsonString(letter.attributes, text(attribute));
  }
  letter.attributes += '}';
  letter.payload = letters.payload(row);
  return letter;
}

// Adds events by the JSON of their attributes.
class FailedEventBuilder {
 public:
  absl::Status Add(const DeadLetter& letter) {
    PHOENIX_ASSIGN_OR_RETURN(
        const JsonTokens tokens,
        IndexObject(letter.attributes, indexer_, index_, errors_));
    fields_.Clear();
    texts_.clear();
    PHOENIX_RETURN_IF_ERROR(ForEachMember(
        letter.attributes, tokens,
        [this](const std::string& name, std::string_view value,
               const JsonTokens&) { return SetAttribute(name, value); }));
    fields_.payload = letter.payload;
    fields_.kind = letter.payload_kind;
    return builder_.AddEvent(fields_);
  }

  EventBatchPtr Build(int64_t receive_time_nanos) {
    return builder_.Build(receive_time_nanos);
  }

 private:
  absl::Status SetAttribute(const std::string& name, std::string_view value) {
    if (name == "specversion" || value == "null") return absl::OkStatus();
    const std::string_view text = texts_.emplace_back(TextOf(value));
    const std::optional<Attribute> attribute = FindAttribute(name);
    if (attribute.has_value()) {
      fields_[*attribute] = text;
    } else {
      fields_.extensions.push_back(
          {texts_.emplace_back(name), text, TypeOf(value)});
    }
    return absl::OkStatus();
  }

  BatchBuilder builder_{EventDefaults{}, kLimits};
  EventFields fields_;
  std::deque<std::string> texts_;  // That the fields refer to.
  JsonIndexer indexer_;
  JsonIndex index_;
  std::vector<JsonError> errors_;
};

}  // namespace

absl::StatusOr<DeadLetter> DeadLetterReader::Read(const EventBatch& letters,
                                                  uint32_t row) {
  const std::string type = letters.attribute(Attribute::kType).ToString(row);
  if (type != kDeadLetterType) {
    return InvalidArgument("event of type '", type,
                           "' is no dead letter: expected type '",
                           kDeadLetterType, "'");
  }
  json_ = letters.payload(row);
  DeadLetter letter;
  letter.id = letters.attribute(Attribute::kId).ToString(row);
  const absl::Status read = ReadPayload(letter);
  if (!read.ok()) return Whole(letters, row, read);
  return letter;
}

absl::Status DeadLetterReader::ReadPayload(DeadLetter& letter) {
  PHOENIX_ASSIGN_OR_RETURN(const JsonTokens tokens,
                           IndexObject(json_, indexer_, index_, errors_));
  PHOENIX_RETURN_IF_ERROR(
      ForEachMember(json_, tokens,
                    [&](const std::string& name, std::string_view value,
                        const JsonTokens& at) {
                      return ReadMember(name, value, at, letter);
                    }));
  if (letter.attributes.empty()) return InvalidArgument("'event' is missing");
  return absl::OkStatus();
}

absl::Status DeadLetterReader::ReadMember(std::string_view name,
                                          std::string_view value,
                                          const JsonTokens& tokens,
                                          DeadLetter& letter) {
  if (name == "error") return ReadError(tokens, letter);
  if (name == "event") return ReadEvent(tokens, letter);
  if (name == "payload_base64") return SetBytes(TextOf(value), letter.payload);
  if (name == "component") letter.component = TextOf(value);
  if (name == "line") letter.position.line = static_cast<int>(NumberOf(value));
  if (name == "column") {
    letter.position.column = static_cast<int>(NumberOf(value));
  }
  if (name == "attempts") letter.attempts = NumberOf(value);
  if (name == "pipeline") letter.pipeline = TextOf(value);
  if (name == "revision") letter.revision = TextOf(value);
  if (name == "time") letter.time = TimeOf(TextOf(value));
  return absl::OkStatus();
}

absl::Status DeadLetterReader::ReadError(const JsonTokens& tokens,
                                         DeadLetter& letter) {
  return ForEachMember(
      json_, tokens,
      [&](const std::string& name, std::string_view value, const JsonTokens&) {
        if (name == "code") letter.error_code = TextOf(value);
        if (name == "message") {
          letter.error_message = TextOf(value);
        }
        return absl::OkStatus();
      });
}

absl::Status DeadLetterReader::ReadEvent(const JsonTokens& tokens,
                                         DeadLetter& letter) {
  std::string content_type;
  std::string_view data;
  std::string_view base64;
  letter.attributes = "{";
  const auto read = [&](const std::string& name, std::string_view value,
                        const JsonTokens&) {
    if (name == "data") {
      data = value;
    } else if (name == "data_base64") {
      base64 = value;
    } else {
      if (name == "datacontenttype") content_type = TextOf(value);
      if (letter.attributes.size() > 1) letter.attributes += ',';
      AppendJsonString(letter.attributes, name);
      CatTo(letter.attributes, ":", value);
    }
    return absl::OkStatus();
  };
  PHOENIX_RETURN_IF_ERROR(ForEachMember(json_, tokens, read));
  letter.attributes += '}';
  const bool is_json = IsJsonContentType(content_type);
  if (!base64.empty()) {
    PHOENIX_RETURN_IF_ERROR(SetBytes(TextOf(base64), letter.payload));
    letter.payload_kind = KindOfBytes(letter.payload, content_type);
    return absl::OkStatus();
  }
  if (data.empty()) {
    letter.payload_kind = PayloadKind::kNone;
  } else {
    letter.payload = is_json ? std::string(data) : TextOf(data);
  }
  return absl::OkStatus();
}

absl::StatusOr<EventBatchPtr> MakeFailedEvents(
    absl::Span<const DeadLetter> letters, int64_t receive_time_nanos) {
  FailedEventBuilder builder;
  for (const DeadLetter& letter : letters) {
    const absl::Status added = builder.Add(letter);
    if (!added.ok()) {
      return InContext(added, Cat("event of dead letter '", letter.id, "'"));
    }
  }
  return builder.Build(receive_time_nanos);
}

}  // namespace phoenix
