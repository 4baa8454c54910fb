#ifndef LIBS_SOURCES_TCP_LINE_SESSION_H_
#define LIBS_SOURCES_TCP_LINE_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "libs/component/source.h"
#include "libs/event/decode_error.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/event/outcome.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/tcp/reply_buffer.h"

namespace phoenix {

// What a connection's lines go through, without any socket: decoded, offered in
// order, and settled. Batches for which there is no credit wait here, and
// whoever reads stops meanwhile. Used by one thread.
//
// Its buffer is small at first and grows as reads fill it, as far as the source
// has memory for it; a line that is longer than that ends the session.
class LineSession {
 public:
  // What each session may have for its buffer, and has at least.
  static constexpr size_t kLeastBufferBytes = 16 << 10;

  // Beside the buffer that is read into there are the one in which batches lie
  // that wait for credit, and their columns, taken to be as large as the text.
  static constexpr size_t kCopies = 3;

  // What became of one batch.
  struct Settled {
    uint64_t sequence = 0;      // Which one, in the order of the offers.
    uint32_t rejected = 0;      // Rows that the pipeline refused for good.
    uint32_t not_taken = 0;     // Rows that it gave back.
    std::string first_refusal;  // Why the first of them was.
    std::string why_not_taken;  // Empty: the process stops.
  };

  // Called on any thread, once for each batch that was taken; has to hand the
  // value over to OnSettled on the session's thread.
  using SettledCallback = std::function<void(Settled)>;

  // `options.buffer_bytes` is the most that it grows to for speed alone. Beyond
  // kCopies times kLeastBufferBytes memory comes from `allowance`, but for one
  // step of growth. `outlet` and `allowance` outlive the session.
  LineSession(NdjsonOptions options, uint64_t lane, ByteAllowance& allowance,
              Outlet& outlet, SettledCallback on_settled);

  // Where to read next; see NdjsonDecoder. Only while nothing is held back.
  absl::Span<char> Buffer() { return decoder_.Buffer(); }
  void Commit(size_t size);

  // Whether something was committed since the last Flush.
  bool has_undecoded() const { return has_undecoded_; }

  // Decodes what was committed and offers it. The status is the outlet's: OK
  // when all was taken; RESOURCE_EXHAUSTED: call Resume when the outlet is
  // ready; anything else: nothing more will be taken, and OUT_OF_RANGE says
  // that it is for a line for which there is no memory. `now_nanos`: since
  // 1970.
  absl::Status Flush(int64_t now_nanos);

  // The same at the end of the input: what is left is the last line.
  absl::Status Finish(int64_t now_nanos);

  // Offers what was held back.
  absl::Status Resume();

  // A batch that was taken has settled.
  void OnSettled(const Settled& settled);

  // Whether batches wait for credit.
  bool held_back() const { return !waiting_.empty(); }

  // Whether batches that were taken are still on their way.
  bool in_flight() const { return in_flight_ > 0; }

  // Whether everything that settled was taken by the pipeline.
  bool all_taken() const { return all_taken_; }

  // Why it was not; empty when the process stops.
  const std::string& why_not_taken() const { return why_not_taken_; }

  // The lines, from the first one on, that all have their final outcome or were
  // refused: sent again they would come twice, the ones after them may be lost.
  uint64_t final_lines() const { return final_lines_; }

  // What the sender is to be told.
  ReplyBuffer& replies() { return replies_; }

 private:
  // What has been offered, or needs no offer, and does not yet count as final.
  struct Part {
    uint64_t last_line = 0;
    bool is_final = false;
  };

  void FitBuffer(bool filled, size_t size);
  absl::Status Account(absl::Status offered);
  void Drop();
  absl::Status OfferDecoded();
  void Refuse(const DecodeError& error);
  absl::Status OfferWaiting();
  absl::Status OfferFirst();
  SettleCallback MakeSettleCallback(uint64_t sequence);
  void CountFinalLines();

  const uint64_t lane_;
  Outlet& outlet_;
  const SettledCallback on_settled_;
  const size_t max_buffer_bytes_;
  size_t buffer_bytes_;  // Of the next one.
  ByteAllowance::Share share_;
  NdjsonDecoder decoder_;
  std::vector<DecodedBatch> decoded_;  // Kept for its memory.
  // No more than one decoded buffer makes: nothing is read while it is filled.
  std::deque<DecodedBatch> waiting_;
  // Sequences from first_part_ on; as many as the pipeline has of this session.
  std::deque<Part> parts_;
  uint64_t first_part_ = 0;
  uint64_t final_lines_ = 0;
  ReplyBuffer replies_;
  size_t in_flight_ = 0;
  bool has_undecoded_ = false;
  bool all_taken_ = true;
  std::string why_not_taken_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_TCP_LINE_SESSION_H_
