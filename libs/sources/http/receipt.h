#ifndef LIBS_SOURCES_HTTP_RECEIPT_H_
#define LIBS_SOURCES_HTTP_RECEIPT_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "libs/base/mutex.h"
#include "libs/component/ack_level.h"
#include "libs/component/source.h"
#include "libs/event/decode_error.h"
#include "libs/event/outcome.h"
#include "libs/http/error_response.h"
#include "libs/http/handler.h"

namespace phoenix {

// Adds up what became of the events of one request, and answers it once all is
// known:
//
//   200  {"accepted":2,"rejected":1,"ack_level":"DISK","failures":[{"index":1,
//        "reason":"EVENT_INVALID","message":"..."}]}
//   400  a google.rpc.Status, when every event was refused, and `failures`
//        beside it: {"error":{...},"failures":[...]}
//   4xx  the same, when the body broke off or was invalid, with what became of
//        the events that had been taken before
//   429  the same, when there is no room for any of them behind the door, such
//        as in the log
//   503  the same, when not all can be taken now, or the process stops before
//        all had their outcome, or the outcomes are too long in coming: then it
//        says how many events were taken and may still be delivered
//
// So the status speaks of the request, and `failures`, which any of them has
// when events were refused, of its events: `line` (from 1) for lines that could
// not be read, `index` (from 0) for elements of an array. Thread-safe; shared
// by the request and the batches on their way.
class Receipt : public std::enable_shared_from_this<Receipt> {
 public:
  // Failures that one answer lists; the others are only counted.
  static constexpr size_t kMaxFailures = 100;

  // `by_line`: positions are lines. `ack_level` is what an answer of 200 says
  // of the events that it accepted.
  Receipt(std::shared_ptr<http::Responder> responder, bool by_line,
          AckLevel ack_level)
      : responder_(std::move(responder)),
        by_line_(by_line),
        ack_level_(ack_level) {}

  // An event was refused when it was decoded.
  void AddError(const DecodeError& error);

  // A batch of `events` is about to be offered: the callback for it. `errors`
  // are those of its neighbours that could not be decoded; a row's index
  // follows from them.
  SettleCallback ExpectBatch(uint32_t events,
                             const std::vector<DecodeError>& errors);

  // The batch was not taken after all.
  void ForgetBatch(uint32_t events);

  // Nothing follows: answers as soon as all batches have settled.
  void Close();

  // The same for a request that failed: the answer is `report`, to which is
  // added what became of the events that were taken.
  void CloseWith(http::ErrorReport report);

  // Answers now that the outcomes are too long in coming; false when the answer
  // has been given already. `ack_timeout` is how long they were waited for.
  bool GiveUp(std::chrono::milliseconds ack_timeout);

 private:
  struct Failure {
    std::optional<uint64_t> position;
    const char* reason;
    std::string message;
  };

  void Settle(const BatchOutcome& outcome,
              const std::vector<uint64_t>& error_positions);
  void AddFailure(Failure failure) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RespondIfDone();
  http::Response TooLate(std::chrono::milliseconds ack_timeout) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  http::Response Answer() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  http::Response Failed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  http::Response Summary() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ListFailures(std::string& answer) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendFailure(const Failure& failure, std::string& out) const;

  const std::shared_ptr<http::Responder> responder_;
  const bool by_line_;
  const AckLevel ack_level_;
  mutable Mutex mutex_;
  std::vector<Failure> failures_ ABSL_GUARDED_BY(mutex_);
  std::optional<http::ErrorReport> failure_ ABSL_GUARDED_BY(mutex_);
  uint64_t accepted_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t rejected_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t not_taken_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status why_not_ ABSL_GUARDED_BY(mutex_);  // The first reason for it.
  size_t in_flight_ ABSL_GUARDED_BY(mutex_) = 0;  // Batches.
  uint64_t in_flight_events_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool answered_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_RECEIPT_H_
