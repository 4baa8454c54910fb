#include "libs/component/dead_letter.h"

#include <limits>

#include "absl/strings/str_format.h"
#include "libs/base/json_text.h"
#include "libs/component/dead_letter_id.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/payload_line.h"

namespace phoenix {
namespace {

// What a dead letter takes over from its event, to be found with its trace.
constexpr std::string_view kCarriedExtensions[] = {"traceparent", "tracestate"};

// A dead letter is larger than its event, and must fit whatever that was.
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
constexpr BatchLimits kLimits = {.max_bytes = kNoLimit,
                                 .max_event_bytes = kNoLimit,
                                 .max_attribute_bytes = kNoLimit};

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

// Turns rows into payloads and attributes, which stay valid until the next row.
class DeadLetterWriter {
 public:
  DeadLetterWriter(const EventBatch& input, const DeadLetterOrigin& origin)
      : input_(input), origin_(origin), time_(Rfc3339(origin.time)) {}

  const EventFields& Write(const DeadLetterRow& row) {
    fields_.Clear();
    id_ = DeadLetterId(input_, row.row);
    fields_[Attribute::kId] = id_;
    fields_[Attribute::kTime] = time_;
    if (!row.component.empty()) fields_[Attribute::kSubject] = row.component;
    CarryExtensions(row.row);
    WritePayload(row);
    fields_.payload = payload_;
    return fields_;
  }

 private:
  void CarryExtensions(uint32_t row) {
    for (std::string_view name : kCarriedExtensions) {
      const ExtensionColumn* column = input_.FindExtension(name);
      if (column == nullptr || !column->values.HasValue(row)) continue;
      fields_.extensions.push_back(
          {name, column->values.Get(row, scratch_), column->types.at(row)});
    }
  }

  void WritePayload(const DeadLetterRow& row) {
    payload_ = "{\"error\":{\"code\":";
    AppendJsonText(absl::StatusCodeToString(row.status.code()), payload_);
    payload_ += ",\"message\":";
    AppendJsonText(std::string(row.status.message()), payload_);
    payload_ += '}';
    AppendText("component", row.component);
    absl::StrAppendFormat(&payload_,
                          ",\"line\":%d,\"column\":%d,\"attempts\":%d",
                          row.position.line, row.position.column, row.attempts);
    AppendText("pipeline", origin_.pipeline);
    AppendText("revision", origin_.revision);
    AppendText("time", time_);
    payload_ += ",\"event\":";
    encoder_.Append(input_, row.row, payload_);
    if (!encoder_.kept_bytes()) {
      payload_ += ",\"payload_base64\":";
      AppendBase64String(input_.payload(row.row), payload_);
    }
    payload_ += '}';
  }

  void AppendText(std::string_view key, std::string_view value) {
    payload_ += ',';
    AppendJsonText(key, payload_);
    payload_ += ':';
    AppendJsonText(value, payload_);
  }

  const EventBatch& input_;
  const DeadLetterOrigin& origin_;
  const std::string time_;
  CloudEventsJsonEncoder encoder_{CloudEventsJsonEncoder::PlainText::kAsBytes};
  EventFields fields_;
  std::string id_;
  std::string payload_;
  std::string scratch_;
};

}  // namespace

EventBatchPtr MakeDeadLetters(const EventBatch& input,
                              absl::Span<const DeadLetterRow> rows,
                              const DeadLetterOrigin& origin) {
  BatchBuilder builder({.source = "/phoenix/" + origin.pipeline,
                        .type = std::string(kDeadLetterType),
                        .data_content_type = "application/json"},
                       kLimits);
  DeadLetterWriter writer(input, origin);
  for (const DeadLetterRow& row : rows) {
    // Everything that it might refuse has a value and no limit here.
    builder.AddEvent(writer.Write(row)).IgnoreError();
  }
  return builder.Build(absl::ToUnixNanos(origin.time));
}

}  // namespace phoenix
