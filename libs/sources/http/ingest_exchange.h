#ifndef LIBS_SOURCES_HTTP_INGEST_EXCHANGE_H_
#define LIBS_SOURCES_HTTP_INGEST_EXCHANGE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/source.h"
#include "libs/event/decode_error.h"
#include "libs/http/error_response.h"
#include "libs/http/handler.h"
#include "libs/sources/http/body_reader.h"
#include "libs/sources/http/receipt.h"

namespace phoenix {

// Takes in one POST of events: decompresses, decodes and offers its body as it
// comes, and answers when all outcomes are known. When the pipeline is full the
// body is not read on; a request of which nothing has been taken is answered
// 429 after `max_wait`. One of which something has been taken is answered 503
// when nothing more of it could be for `ack_timeout`, or when its outcomes are
// not all there `ack_timeout` after its end: its events go on, and are part of
// the pipeline's budget until they settle. A body that breaks off or turns out
// to be invalid is answered alike: when what was taken of it has its outcomes,
// or `ack_timeout` later.
//
// A body for which the door has no memory is thrown away as it comes and
// answered at its end: 429, or 503 when something of it has been taken. Used on
// the server's thread.
class IngestExchange : public http::Exchange {
 public:
  // How long lines that have come wait for more of the body.
  static constexpr std::chrono::milliseconds kLinger{2};

  // More than this is not thrown away for an answer's sake: the connection is
  // closed. As much as a client may send that is answered early.
  static constexpr size_t kMaxDiscardedBytes = 16 << 20;

  struct Parts {
    std::unique_ptr<BodyReader> body;
    bool by_line = false;  // Whether errors speak of lines.
    uint64_t lane = 0;
    std::chrono::milliseconds max_wait{1000};
    std::chrono::milliseconds ack_timeout{30'000};
    // Set when nothing new may be offered; outlives the exchange.
    const std::atomic<bool>* draining = nullptr;
  };

  // `outlet` outlives the exchange.
  IngestExchange(Parts parts, Outlet& outlet,
                 std::shared_ptr<http::Responder> responder);

  void OnBody(std::string_view part) override;
  void OnEnd() override;
  bool OnBroken(const http::ErrorReport& report) override;
  void OnWake() override;
  void OnTimer() override;

 private:
  // What the one timer of the exchange waits for.
  enum class Wait : uint8_t {
    kNothing,
    kMoreLines,  // Lines that have come are not held for longer.
    kAdmission,  // Nothing has been taken.
    kOutcomes,   // Something has been.
  };

  void FlushLines();
  void TakeDecoded();
  void OfferWaiting();
  absl::Status OfferFirst();
  void WaitForCredit(const absl::Status& refusal);
  void EndIfAllOffered();
  void FailBody(const absl::Status& status);
  void RefuseBody();
  void Discard(size_t bytes);
  void FailOffer(const absl::Status& status);
  void Fail(http::ErrorReport report);
  void FailFull();
  void FailLate();
  void LetGo();
  void Await(Wait wait, std::chrono::milliseconds delay);

  const Parts parts_;
  Outlet& outlet_;
  const std::shared_ptr<http::Responder> responder_;
  const std::shared_ptr<Receipt> receipt_;
  std::vector<DecodedBatch> decoded_;  // Kept for its memory.
  // Decoded and not yet taken: what one part of the body gives at most.
  std::deque<DecodedBatch> waiting_;
  bool waiting_for_credit_ = false;
  absl::Status refusal_;  // Why, while nothing has been taken.
  Wait wait_ = Wait::kNothing;
  bool any_taken_ = false;
  bool ended_ = false;  // The body is complete.
  bool done_ = false;   // Answered, or left to the receipt or to the end.
  bool failed_ = false;
  std::optional<http::ErrorReport> answer_at_end_;
  size_t discarded_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_INGEST_EXCHANGE_H_
