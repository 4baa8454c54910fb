#ifndef LIBS_EVENT_PAYLOAD_LINE_H_
#define LIBS_EVENT_PAYLOAD_LINE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "libs/event/event_batch.h"

namespace phoenix {

// Appends the payload of row `row` and a line feed: what an NDJSON sink writes.
// Text, which for NDJSON should be JSON and is not looked at here, is written
// as it is except that line breaks become blanks; plain text becomes a JSON
// string, bytes one of base64; no payload becomes `null`.
void AppendPayloadLine(const EventBatch& batch, uint32_t row, std::string& out);

// Appends `text` with each line feed and carriage return replaced by a blank:
// for valid JSON, which has them only between tokens, the same value.
void AppendOnOneLine(std::string_view text, std::string& out);

// Appends `bytes` as a JSON string of base64 with padding.
void AppendBase64String(std::string_view bytes, std::string& out);

}  // namespace phoenix

#endif  // LIBS_EVENT_PAYLOAD_LINE_H_
