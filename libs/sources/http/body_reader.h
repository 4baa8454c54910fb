#ifndef LIBS_SOURCES_HTTP_BODY_READER_H_
#define LIBS_SOURCES_HTTP_BODY_READER_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/event/decode_error.h"
#include "libs/event/event_batch.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/decompressor.h"
#include "libs/sources/request_trace.h"

namespace phoenix {

// The body of one request as it is sent, turned into batches: decompressed and
// decoded. All that it holds, the batches that wait to be handed on among it,
// is a share of the door's allowance, and taken before it is needed.
// Thread-compatible.
class BodyReader {
 public:
  // `allowance` outlives the reader. No batch is larger than `max_batch_bytes`.
  // Events that bring no trace context have `trace`.
  BodyReader(std::unique_ptr<Decompressor> decompressor,
             std::unique_ptr<BodyDecoder> decoder, ByteAllowance& allowance,
             size_t max_batch_bytes, RequestTrace trace = {});

  // As BodyDecoder has them, of a body as it is sent. Also RESOURCE_EXHAUSTED:
  // the allowance is used up; OUT_OF_RANGE: the body, or a batch of it, is too
  // large. After an error only Drop may be called.
  absl::Status Feed(std::string_view part, std::vector<DecodedBatch>& out);
  absl::Status Flush(std::vector<DecodedBatch>& out);
  absl::Status Finish(std::vector<DecodedBatch>& out);

  // A batch of this body is somebody else's from now on.
  void HandOn(const EventBatch& batch);

  // Frees everything and gives the share back: the body is done with, and its
  // batches are gone. Idempotent; the last call.
  void Drop();

 private:
  absl::Status Reserve(size_t decoder_bytes);
  absl::Status TakeNew(std::vector<DecodedBatch>& out, size_t first);

  std::unique_ptr<Decompressor> decompressor_;
  std::unique_ptr<BodyDecoder> decoder_;
  const size_t max_batch_bytes_;
  const RequestTrace trace_;
  size_t waiting_bytes_ = 0;  // Batches that were made and not handed on.
  ByteAllowance::Share share_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_BODY_READER_H_
