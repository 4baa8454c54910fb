#ifndef LIBS_SOURCES_HTTP_BODY_DECODER_H_
#define LIBS_SOURCES_HTTP_BODY_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"
#include "libs/http/message.h"
#include "libs/sources/http/body_format.h"

namespace phoenix {

// Makes batches of one request's decompressed body. Thread-compatible.
class BodyDecoder {
 public:
  virtual ~BodyDecoder() = default;

  // Takes the next part; batches that are complete are appended to `out`.
  // OUT_OF_RANGE: the body is too large.
  virtual absl::Status Feed(std::string_view part,
                            std::vector<DecodedBatch>& out) = 0;

  // No more comes for now: appends batches of what can be decoded already.
  virtual void Flush(std::vector<DecodedBatch>& out) {}

  // The body is complete. INVALID_ARGUMENT: it is not what it says it is; what
  // is wrong with one event only is among the errors of its batch.
  virtual absl::Status Finish(std::vector<DecodedBatch>& out) = 0;

  // What it holds at most while and after it takes `size` more bytes, or the
  // end: to be had before. 0 more bytes: what it holds now. Batches that it
  // made in earlier calls come on top.
  virtual size_t BytesToFeed(size_t size) const = 0;
  virtual size_t BytesToFinish() const = 0;
};

struct BodyDecoderOptions {
  // While a text becomes a batch there are, beside the text itself: the places
  // of its tokens, and the columns of the batch with a copy of those places or
  // of the text. Each is taken to be at most as large as the text, which holds
  // for JSON of at least four bytes a token.
  static constexpr size_t kCopiesInWork = 4;

  EventDefaults defaults;
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;
  size_t max_body_bytes = 16 << 20;  // Of a body that is held as a whole.
  int64_t receive_time_nanos = 0;    // Since 1970.
};

// A decoder for the format; `head` is copied where it is needed.
std::unique_ptr<BodyDecoder> MakeBodyDecoder(BodyFormat format,
                                             const http::RequestHead& head,
                                             BodyDecoderOptions options);

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_BODY_DECODER_H_
