#ifndef LIBS_EVENT_NDJSON_DECODER_H_
#define LIBS_EVENT_NDJSON_DECODER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/decode_error.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

struct NdjsonOptions {
  // Large enough to make a batch of hundreds of events, small enough that what
  // was just read is still in the second-level cache when it is indexed.
  static constexpr size_t kDefaultBufferBytes = 256 << 10;

  EventDefaults defaults = {};
  size_t buffer_bytes = kDefaultBufferBytes;  // What one batch holds about.
  size_t max_event_bytes = BatchLimits::kDefaultMaxEventBytes;  // Of a line.
  // What the user set that by, for messages. Lives for ever.
  std::string_view limit_name = "max_event_bytes";
  uint32_t max_batch_events = EventBatch::kMaxEvents;  // 1 to kMaxEvents.
};

// Makes batches of newline-delimited JSON: each line one JSON text, one event.
// Lines end in LF or CRLF, blank ones are passed over, the last need not end.
// The payloads of a batch are ranges of the very buffer that was read into, and
// the batch carries the JSON index that validating them has made.
//
// A line that is no JSON, or longer than max_event_bytes, is reported by its
// number and left out; the rest of an overlong line is skipped without being
// held. How the input is cut into reads changes the batches, never the events
// or the errors.
//
//   while (ssize_t n = read(fd, decoder.Buffer()...)) {
//     decoder.Commit(n);
//     decoder.Decode(now, batches);
//   }
//   decoder.Finish(now, batches);
//
// One input: one decoder. Memory: one buffer of buffer_bytes, or of twice the
// longest unfinished line, and what the batches that are still alive refer to.
// Thread-compatible.
class NdjsonDecoder {
 public:
  explicit NdjsonDecoder(NdjsonOptions options);

  // Where to read next: never empty after a Decode, empty when the buffer is
  // full. Valid until the next call of Decode, Feed or Finish.
  absl::Span<char> Buffer();

  // How large the buffer is, and how large it is made when the next one is
  // needed: at least so large as the longest unfinished line asks for.
  size_t capacity() const { return capacity_; }
  void set_buffer_bytes(size_t bytes);

  // The first `size` bytes of Buffer() have been read.
  void Commit(size_t size) { end_ += size; }

  // Makes batches of all complete lines that have been committed, appended to
  // `out`. Call it when no more input is waiting, or the buffer is full.
  // `receive_time_nanos`: since 1970.
  void Decode(int64_t receive_time_nanos, std::vector<DecodedBatch>& out);

  // The same for bytes that lie elsewhere, any number of them; copies them.
  void Feed(std::string_view bytes, int64_t receive_time_nanos,
            std::vector<DecodedBatch>& out);

  // The input has ended: what is left is the last line. The decoder is ready
  // for another input then; line numbers begin anew, ids go on.
  void Finish(int64_t receive_time_nanos, std::vector<DecodedBatch>& out);

  // A whole input (smaller than 4 GiB) at once, without copying; nothing may
  // have been committed since the last Finish.
  void DecodeWhole(const SharedBytes& input, int64_t receive_time_nanos,
                   std::vector<DecodedBatch>& out);

 private:
  size_t DecodeLines(const SharedBytes& input, bool ended, int64_t now,
                     std::vector<DecodedBatch>& out);
  size_t ScanBatch(std::string_view input, bool ended);
  void TakeLine(std::string_view line, size_t begin);
  void MakeBatch(const SharedBytes& input, int64_t now,
                 std::vector<DecodedBatch>& out);
  void IndexRows(std::string_view input, JsonIndex& index);
  std::vector<DecodeError> TakeErrors(const SharedBytes& input);
  void DropInvalidRows(JsonIndex& index);
  void ReportTooLong();
  bool IsTooLong(std::string_view unfinished_line) const;
  size_t SkipOverlongLine(std::string_view input);
  void SkipUnfinishedLineIfTooLong(std::vector<DecodedBatch>& out);
  void MakeRoom();

  NdjsonOptions options_;
  JsonIndexer indexer_;

  // What was read and not yet decoded is [begin_, end_) of the buffer.
  std::shared_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  bool in_use_ = false;    // A batch refers to the buffer.
  bool skipping_ = false;  // Within the rest of an overlong line.

  double tokens_per_byte_ = 0;  // Of the last batch.
  uint64_t next_line_ = 1;
  uint64_t next_id_ = 0;

  // Of the batch that is being made; kept for their memory.
  uint64_t first_line_ = 1;
  std::vector<ByteRange> rows_;
  std::vector<JsonError> json_errors_;
  std::vector<DecodeError> errors_;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_NDJSON_DECODER_H_
