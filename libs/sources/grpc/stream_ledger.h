#ifndef LIBS_SOURCES_GRPC_STREAM_LEDGER_H_
#define LIBS_SOURCES_GRPC_STREAM_LEDGER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "libs/sources/grpc/publish_error.h"
#include "phoenix/ingest/v1/ingest_service.pb.h"

namespace phoenix {

// What a publish stream has outstanding: batches in the order of their
// sequences, acknowledged as far as all before them have settled.
// Thread-compatible.
class StreamLedger {
 public:
  struct Limits {
    int64_t bytes = 0;
    int64_t events = 0;
  };

  explicit StreamLedger(Limits limits) : limits_(limits) {}

  // A batch has come. An error ends the stream: a gap in the sequence, or more
  // than the credit.
  std::optional<PublishError> Add(int64_t sequence, int64_t bytes,
                                  int64_t events);

  // The batch that came last was not taken after all.
  void DropLast();

  // A batch has settled; `failures` are its events that were not taken.
  void Settle(int64_t sequence, std::vector<ingest::v1::EventFailure> failures);

  // What there is to acknowledge since the last call; none when nothing is.
  std::optional<ingest::v1::PublishAcknowledgement> TakeAcknowledgement();

  // Whether every batch has settled.
  bool settled() const { return outstanding_.empty(); }

 private:
  struct Batch {
    int64_t bytes = 0;
    int64_t events = 0;
    bool settled = false;
    std::vector<ingest::v1::EventFailure> failures;
  };

  int64_t last_sequence() const {
    return acknowledged_ + static_cast<int64_t>(outstanding_.size());
  }

  const Limits limits_;
  std::deque<Batch> outstanding_;  // Sequences from acknowledged_ + 1 on.
  int64_t acknowledged_ = 0;
  int64_t reported_ = 0;  // Up to where it has been taken.
  int64_t bytes_ = 0;
  int64_t events_ = 0;
  std::vector<ingest::v1::BatchFailure> failed_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_STREAM_LEDGER_H_
