#include "tools/phoenix/dlq/letter_text.h"

#include <string_view>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "libs/base/json_text.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/payload_line.h"
#include "libs/event/utf8.h"

namespace phoenix {
namespace {

// Of an error message in a list.
constexpr size_t kMaxLineMessageBytes = 120;

// `%E*S` in JSON, whole seconds in a list.
std::string TimeText(absl::Time time, const char* seconds) {
  return absl::FormatTime(Cat("%Y-%m-%dT%H:%M:", seconds, "Z"), time,
                          absl::UTCTimeZone());
}

// Whether a control character begins at `at` of a UTF-8 text: one of ASCII, or
// of those that some terminals know as escapes too.
bool IsControl(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == 0xC2 && at + 1 < text.size()) {
    return static_cast<unsigned char>(text[at + 1]) < 0xA0;
  }
  return byte < 0x20 || byte == 0x7F;
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (size_t at = 0; at < text.size(); ++at) {
    if (IsControl(text, at)) {
      absl::StrAppendFormat(&printable, "\\x%02X",
                            static_cast<unsigned char>(text[at]));
    } else {
      printable += text[at];
    }
  }
  return printable;
}

std::string Cut(std::string text) {
  if (text.size() <= kMaxLineMessageBytes) return text;
  text.resize(kMaxLineMessageBytes);
  while (!text.empty() && !IsUtf8(text)) text.pop_back();
  return text + "...";
}

// Whether a terminal shows it as it is.
bool IsPlainText(std::string_view bytes) {
  if (!IsUtf8(bytes)) return false;
  for (size_t at = 0; at < bytes.size(); ++at) {
    const bool is_space = bytes[at] == '\n' || bytes[at] == '\t';
    if (!is_space && IsControl(bytes, at)) return false;
  }
  return true;
}

std::string PayloadText(const DeadLetter& letter) {
  if (letter.payload_kind == PayloadKind::kNone) return "  no payload\n";
  std::string text = Cat("  payload     ", letter.payload.size(), " bytes");
  if (IsPlainText(letter.payload)) {
    return Cat(text, ":\n", letter.payload,
               letter.payload.ends_with('\n') ? "" : "\n");
  }
  return Cat(text, ", in base64:\n", absl::Base64Escape(letter.payload), "\n");
}

}  // namespace

std::string LetterName(const StoredDeadLetter& stored) {
  return absl::StrFormat("%-7d %s", stored.number, Printable(stored.letter.id));
}

std::string LetterLineHeader() {
  return absl::StrFormat("%-7s %-20s %8s  %s\n", "number", "last failed",
                         "attempts", "component, error, event, message");
}

std::string LetterLine(const StoredDeadLetter& stored) {
  const DeadLetter& letter = stored.letter;
  return absl::StrFormat(
      "%-7d %s %8d  %s %s %s: %s\n", stored.number, TimeText(letter.time, "%S"),
      letter.attempts, Printable(letter.component), letter.error_code,
      Printable(letter.id), Cut(Printable(letter.error_message)));
}

std::string LetterDetails(const StoredDeadLetter& stored) {
  const DeadLetter& letter = stored.letter;
  std::string text =
      Cat("dead letter ", stored.number, ", ", Printable(letter.id),
          "\n  failed in   '", Printable(letter.component), "'");
  if (letter.position.line > 0) {
    CatTo(text, ", line ", letter.position.line, ", column ",
          letter.position.column);
  }
  CatTo(text, ", of revision ", letter.revision, "\n  error       ",
        letter.error_code, ": ", Printable(letter.error_message),
        "\n  attempts    ", letter.attempts, "\n  first       ",
        TimeText(stored.first_failed, "%E*S"), "\n  last        ",
        TimeText(letter.time, "%E*S"), "\n  attributes  ",
        Printable(letter.attributes), "\n", PayloadText(letter));
  return text;
}

absl::StatusOr<std::string> LetterJson(const StoredDeadLetter& stored) {
  const DeadLetter& letter = stored.letter;
  PHOENIX_ASSIGN_OR_RETURN(const EventBatchPtr event,
                           MakeFailedEvents({&letter, 1}, 0));
  std::string json = Cat(
      "{\"number\":", stored.number, ",\"id\":", JsonText(letter.id),
      ",\"error\":{\"code\":", JsonText(letter.error_code),
      ",\"message\":", JsonText(letter.error_message),
      "},\"component\":", JsonText(letter.component),
      ",\"line\":", letter.position.line,
      ",\"column\":", letter.position.column, ",\"attempts\":", letter.attempts,
      ",\"pipeline\":", JsonText(letter.pipeline),
      ",\"revision\":", JsonText(letter.revision), ",\"first_failed\":\"",
      TimeText(stored.first_failed, "%E*S"), "\",\"last_failed\":\"",
      TimeText(letter.time, "%E*S"), "\",\"event\":");
  CloudEventsJsonEncoder encoder;
  encoder.Append(*event, 0, json);
  if (!encoder.kept_bytes()) {
    json += ",\"payload_base64\":";
    AppendBase64String(letter.payload, json);
  }
  return json + "}\n";
}

}  // namespace phoenix
