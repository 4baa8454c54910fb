#ifndef LIBS_SOURCES_HTTP_BODY_FORMAT_H_
#define LIBS_SOURCES_HTTP_BODY_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/http/message.h"

namespace phoenix {

// What the body of a request is.
enum class BodyFormat : uint8_t {
  kNdjson,           // A JSON text a line.
  kJson,             // An object, or an array of them.
  kCloudEvent,       // Structured mode.
  kCloudEventBatch,  // Batched mode.
  kBinaryModeEvent,  // The attributes are in the headers.
};

// The format that `format` of the config stands for; none for `auto`.
std::optional<BodyFormat> ParseBodyFormat(std::string_view name);

// What the request's headers say: CloudEvents by their content types or by any
// header that begins with `ce-`, else by Content-Type (`application/x-ndjson`,
// `application/json`). For any other Content-Type, `fallback`.
std::optional<BodyFormat> ChooseBodyFormat(const http::RequestHead& head,
                                           std::optional<BodyFormat> fallback);

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_BODY_FORMAT_H_
