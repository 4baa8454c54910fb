#ifndef LIBS_EVENT_HTTP_BINARY_MODE_H_
#define LIBS_EVENT_HTTP_BINARY_MODE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"
#include "libs/event/event_batch.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// A header of a request, name and value as they came, without the line end.
using HttpHeader = std::pair<std::string_view, std::string_view>;

// Whether the headers are those of a CloudEvent in binary mode: one of them is
// `ce-specversion`.
bool IsBinaryMode(absl::Span<const HttpHeader> headers);

// Adds a CloudEvent in HTTP's binary mode: attributes in `ce-` headers (in any
// case, values percent-encoded, possibly in double quotes), the content type in
// `Content-Type`, the payload in the body, which becomes a part of the batch
// without copying if that was empty. Headers of other names are passed over.
//
// INVALID_ARGUMENT, naming the header, when `ce-specversion` is missing or not
// 1.0, a header comes twice, a value is not percent-encoded UTF-8, a name is no
// attribute's, `time` is no time, the content type says JSON and the body is
// none, or the builder refuses the event. RESOURCE_EXHAUSTED as
// BatchBuilder::AddEvent.
absl::Status DecodeBinaryModeEvent(absl::Span<const HttpHeader> headers,
                                   const SharedBytes& body,
                                   JsonIndexer& indexer, BatchBuilder& builder);

// The same, where a body that is not what its content type says, which is the
// error, is told from an event that can't be added for its headers or its size:
// that is appended to `errors`, index 0.
absl::Status DecodeBinaryModeEvent(absl::Span<const HttpHeader> headers,
                                   const SharedBytes& body,
                                   JsonIndexer& indexer, BatchBuilder& builder,
                                   std::vector<DecodeError>& errors);

// The headers of row `row`, names in lower case, values encoded; the body is
// the row's payload. Extensions' types are not carried.
std::vector<std::pair<std::string, std::string>> EncodeBinaryModeHeaders(
    const EventBatch& batch, uint32_t row);

}  // namespace phoenix

#endif  // LIBS_EVENT_HTTP_BINARY_MODE_H_
