#ifndef LIBS_FLOW_FRAME_CODEC_H_
#define LIBS_FLOW_FRAME_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/byte_pieces.h"
#include "libs/base/shared_bytes.h"
#include "libs/flow/frame.h"

// Frames as the messages of pipeline_service.proto. The bytes of a batch are
// neither copied into a message nor out of one.
namespace phoenix::flow {

// How much of a batch one message carries: with what goes before it, below the
// 4 MiB that gRPC peers take by default.
inline constexpr size_t kMaxEventBytesPerMessage = (4 << 20) - (64 << 10);

// What the parts of one batch may add up to: beyond it a peer is broken or
// hostile.
inline constexpr size_t kMaxEncodedBatchBytes = 256 << 20;

// A serialized PublishRequest: `head`, then `events`, of which the payloads lie
// where they lay.
struct EncodedRequest {
  std::string head;
  BytePieces events;
};

// The messages of one frame, in order: several when its batch is larger than
// `max_event_bytes`.
std::vector<EncodedRequest> EncodeSenderFrame(
    const SenderFrame& frame,
    size_t max_event_bytes = kMaxEventBytesPerMessage);

// Reads the messages of one connection. Thread-compatible.
class SenderFrameDecoder {
 public:
  explicit SenderFrameDecoder(size_t max_batch_bytes = kMaxEncodedBatchBytes)
      : max_batch_bytes_(max_batch_bytes) {}

  // The frame that `message` completes; none when its batch goes on in the
  // next. The batch keeps `message` alive. A batch that can't be read makes a
  // frame that says so. Not OK: INVALID_ARGUMENT, and the connection is of no
  // more use.
  absl::StatusOr<std::optional<SenderFrame>> Decode(SharedBytes message);

 private:
  // A batch of which parts have come.
  struct Partial {
    BatchFrame frame;
    std::string row_bitmap;
    std::string events;
  };

  absl::StatusOr<std::optional<SenderFrame>> Assemble(
      BatchFrame frame, std::string_view row_bitmap, bool continued,
      SharedBytes events);

  const size_t max_batch_bytes_;
  std::optional<Partial> partial_;
};

// How many results one acknowledgement may have: at an outcome a row, what gRPC
// peers take by default still holds it.
inline constexpr size_t kMaxResultsPerMessage = 32;

// Adds `next` to `frame` if one message may say both: two acknowledgements of
// outcomes without reasons, which may be long. False, and nothing has changed,
// if not.
bool MergeReceiverFrames(ReceiverFrame& frame, const ReceiverFrame& next);

// A serialized PublishResponse.
std::string EncodeReceiverFrame(const ReceiverFrame& frame);

// INVALID_ARGUMENT when the bytes are none, or hold an unknown frame or
// outcome.
absl::StatusOr<ReceiverFrame> DecodeReceiverFrame(std::string_view message);

}  // namespace phoenix::flow

#endif  // LIBS_FLOW_FRAME_CODEC_H_
