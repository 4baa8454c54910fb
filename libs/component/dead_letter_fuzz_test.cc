// Whatever an event and an error hold, its dead letter is valid JSON on one
// line, and the event's very bytes are read from it again.

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "libs/component/dead_letter.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/event/batch_builder.h"
#include "libs/event/utf8.h"

namespace {

void Require(bool condition) {
  if (!condition) abort();
}

bool IsOneLine(std::string_view text) {
  return text.find_first_of("\r\n") == std::string_view::npos;
}

phoenix::EventBatchPtr Input(std::string_view payload, bool binary) {
  phoenix::BatchBuilder builder({.id_prefix = "i", .source = "s", .type = "t"});
  phoenix::EventFields fields;
  fields.payload = payload;
  fields.kind =
      binary ? phoenix::PayloadKind::kBinary : phoenix::PayloadKind::kText;
  Require(builder.AddEvent(fields).ok());
  return builder.Build(0);
}

void CheckPayload(const simdjson::dom::element& event,
                  std::string_view payload) {
  std::string_view base64;
  if (event["data_base64"].get(base64) == simdjson::SUCCESS) {
    std::string bytes;
    Require(absl::Base64Unescape({base64.data(), base64.size()}, &bytes));
    Require(bytes == payload);
    return;
  }
  simdjson::dom::element data;
  Require(event["data"].get(data) == simdjson::SUCCESS || payload.empty());
}

void CheckReading(const phoenix::EventBatch& letters,
                  std::string_view payload) {
  phoenix::DeadLetterReader reader;
  const auto letter = reader.Read(letters, 0);
  Require(letter.ok());
  // Deeper than JSON may be, by the letter around it: it is kept whole.
  if (letter->error_code == "UNKNOWN") return;
  Require(letter->payload == payload);
  const auto again = phoenix::MakeFailedEvents({&*letter, 1}, 0);
  Require(again.ok() && (*again)->payload(0) == payload);
}

// Attributes that somebody has written by hand.
void CheckAttributes(std::string_view attributes) {
  phoenix::DeadLetter letter;
  letter.attributes = attributes;
  const auto events = phoenix::MakeFailedEvents({&letter, 1}, 0);
  if (events.ok()) Require((*events)->size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const bool binary = data[0] % 2 == 1;
  const std::string_view payload(reinterpret_cast<const char*>(data + 1),
                                 size - 1);
  // Text payloads are UTF-8 wherever they come from.
  if (!binary && !phoenix::IsUtf8(payload)) return 0;
  const phoenix::EventBatchPtr letters = phoenix::MakeDeadLetters(
      *Input(payload, binary),
      {{.component = std::string(payload.substr(0, 20)),
        .status = absl::InternalError(std::string(payload))}},
      {.pipeline = "p"});
  Require(letters != nullptr && letters->size() == 1);
  simdjson::dom::parser parser;
  const simdjson::padded_string json(letters->payload(0));
  simdjson::dom::element letter;
  Require(parser.parse(json).get(letter) == simdjson::SUCCESS);
  Require(IsOneLine(letters->payload(0)));
  simdjson::dom::element event;
  Require(letter["event"].get(event) == simdjson::SUCCESS);
  CheckPayload(event, payload);
  CheckReading(*letters, payload);
  CheckAttributes(payload);
  return 0;
}
