#include "libs/flow/receiver_stream.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/flow/stream_error.h"

namespace phoenix::flow {
namespace {

// What is remembered of an outcome: one byte when all rows have the same, and
// no more reasons than are told.
std::shared_ptr<const BatchOutcome> Compact(const BatchOutcome& outcome) {
  if (outcome.size() > 0 && outcome.details().empty() &&
      outcome.Count(outcome.at(0)) == outcome.size()) {
    return std::make_shared<BatchOutcome>(1, outcome.at(0));
  }
  if (outcome.details().size() <= kMaxReasonsPerBatch) {
    return std::make_shared<BatchOutcome>(outcome);
  }
  auto shortened = std::make_shared<BatchOutcome>(outcome.size());
  for (uint32_t row = 0; row < outcome.size(); ++row) {
    shortened->Merge(row, outcome.at(row));
  }
  for (size_t i = 0; i < kMaxReasonsPerBatch; ++i) {
    shortened->AddDetail(outcome.details()[i]);
  }
  return shortened;
}

std::shared_ptr<const BatchOutcome> Unreadable(absl::Status status) {
  auto outcome = std::make_shared<BatchOutcome>(1, Outcome::kRejected);
  outcome->AddDetail({0, "stream", std::move(status)});
  return outcome;
}

}  // namespace

// The settle callback that a handler gets; dropped uncalled it means retry.
class ReceiverStream::Settler {
 public:
  Settler(std::shared_ptr<ReceiverStream> stream, int64_t sequence)
      : stream_(std::move(stream)), sequence_(sequence) {}
  Settler(Settler&&) = default;
  Settler& operator=(Settler&&) = delete;

  ~Settler() {
    if (stream_ == nullptr) return;
    stream_->Settle(sequence_,
                    std::make_shared<BatchOutcome>(1, Outcome::kRetry));
  }

  void operator()(const BatchOutcome& outcome) {
    std::exchange(stream_, nullptr)->Settle(sequence_, Compact(outcome));
  }

 private:
  std::shared_ptr<ReceiverStream> stream_;
  const int64_t sequence_;
};

absl::Status ReceiverStream::Attach(
    int64_t connection, std::shared_ptr<ReceiverTransport> transport,
    const OpenStream& open, Credit credit, std::string instance_id) {
  {
    MutexLock lock(mutex_);
    if (open.resume_sequence < first_known_) {
      return StreamError(absl::StatusCode::kAborted, "STREAM_SUPERSEDED",
                         "the stream has been resumed later than that");
    }
    if (transport_ != nullptr) {
      to_transport_.Add([old = std::move(transport_)] {
        old->Close(StreamError(absl::StatusCode::kAborted, "STREAM_SUPERSEDED",
                               "a newer connection opened the stream"));
      });
    }
    connection_ = connection;
    transport_ = std::move(transport);
    highest_granted_ = credit.quota;
    Forget(open.resume_sequence - 1);
    Send(StreamOpened{.received_sequence = received(),
                      .credit = std::move(credit),
                      .instance_id = std::move(instance_id)});
    Repeat(first_known_, received() + 1);
  }
  Flush();
  return absl::OkStatus();
}

absl::Status ReceiverStream::Receive(int64_t connection, BatchFrame frame) {
  {
    MutexLock lock(mutex_);
    if (connection != connection_) return absl::OkStatus();
    absl::Status status = CheckNumbers(frame);
    if (!status.ok()) return status;
    Forget(frame.settled_sequence);
    if (frame.sequence <= received()) {
      ++stats_.duplicate_batches;
      Repeat(std::max(frame.sequence, first_known_), frame.sequence + 1);
    } else {
      status = CheckRoom(frame);
      if (!status.ok()) return status;
      Admit(std::move(frame));
    }
  }
  Flush();
  to_handler_.Flush();
  return absl::OkStatus();
}

absl::Status ReceiverStream::CheckNumbers(const BatchFrame& frame) const {
  if (frame.sequence < 1 || frame.accounted_bytes < 0 ||
      frame.settled_sequence < 0) {
    return InvalidFrame(
        absl::StrCat("batch '", frame.sequence, "': a number is out of range"));
  }
  if (frame.settled_sequence >= frame.sequence ||
      frame.settled_sequence > received()) {
    return InvalidFrame(absl::StrCat(
        "batch '", frame.sequence, "': settled_sequence '",
        frame.settled_sequence, "' is not below it, or was never sent"));
  }
  if (frame.sequence > received() + 1) {
    return StreamError(absl::StatusCode::kOutOfRange, "SEQUENCE_GAP",
                       absl::StrCat("batch '", frame.sequence,
                                    "' came, expected '", received() + 1, "'"));
  }
  return absl::OkStatus();
}

absl::Status ReceiverStream::CheckRoom(const BatchFrame& frame) const {
  if (frame.sequence >= first_known_ + kMaxWindow) {
    return StreamError(
        absl::StatusCode::kOutOfRange, "WINDOW_EXCEEDED",
        absl::StrCat("batch '", frame.sequence, "' is more than '", kMaxWindow,
                     "' above the last confirmed one"));
  }
  const bool counts = frame.view.batch != nullptr;
  if (counts && !highest_granted_.Fits(unanswered_, frame.accounted_bytes)) {
    return StreamError(
        absl::StatusCode::kResourceExhausted, "CREDIT_EXCEEDED",
        absl::StrCat("batch '", frame.sequence, "' of '", frame.accounted_bytes,
                     "' bytes exceeds the credit"));
  }
  return absl::OkStatus();
}

void ReceiverStream::Admit(BatchFrame frame) {
  ++stats_.received_batches;
  known_.push_back({});
  const int64_t sequence = frame.sequence;
  if (frame.view.batch != nullptr) {
    HandOn(std::move(frame));
  } else if (!frame.unreadable.ok()) {
    unanswered_.Add(0);
    Answer(sequence, Unreadable(std::move(frame.unreadable)));
  } else {
    unanswered_.Add(0);
    Answer(sequence, std::make_shared<BatchOutcome>(1, Outcome::kDelivered));
  }
}

void ReceiverStream::HandOn(BatchFrame frame) {
  known_.back().bytes = frame.accounted_bytes;
  unanswered_.Add(frame.accounted_bytes);
  to_handler_.Add(
      [this, view = std::move(frame.view),
       settler = Settler(shared_from_this(), frame.sequence)]() mutable {
        handler_.Handle(std::move(view), std::move(settler));
      });
}

void ReceiverStream::Repeat(int64_t begin, int64_t end) {
  Acknowledgement repeated{.acknowledged_sequence = acknowledged_};
  for (int64_t sequence = begin; sequence < end; ++sequence) {
    const Known& known = this->known(sequence);
    if (known.outcome == nullptr) continue;
    repeated.results.push_back({sequence, known.outcome});
  }
  if (!repeated.results.empty()) Send(std::move(repeated));
}

void ReceiverStream::Forget(int64_t settled_sequence) {
  for (; first_known_ <= settled_sequence && !known_.empty(); ++first_known_) {
    const Known& oldest = known_.front();
    if (oldest.outcome == nullptr) unanswered_.Subtract(oldest.bytes);
    known_.pop_front();
  }
  first_known_ = std::max(first_known_, settled_sequence + 1);
  acknowledged_ = std::max(acknowledged_, settled_sequence);
}

void ReceiverStream::Settle(int64_t sequence,
                            std::shared_ptr<const BatchOutcome> outcome) {
  {
    MutexLock lock(mutex_);
    if (sequence < first_known_) return;
    Answer(sequence, std::move(outcome));
  }
  Flush();
}

void ReceiverStream::Answer(int64_t sequence,
                            std::shared_ptr<const BatchOutcome> outcome) {
  Known& known = this->known(sequence);
  known.outcome = outcome;
  unanswered_.Subtract(known.bytes);
  while (acknowledged_ < received() &&
         this->known(acknowledged_ + 1).outcome != nullptr) {
    ++acknowledged_;
  }
  Send(Acknowledgement{.acknowledged_sequence = acknowledged_,
                       .results = {{sequence, std::move(outcome)}}});
}

bool ReceiverStream::Close(int64_t connection, absl::Status status) {
  {
    MutexLock lock(mutex_);
    if (connection != connection_ || transport_ == nullptr) return false;
    to_transport_.Add([transport = std::move(transport_), status] {
      transport->Close(status);
    });
    transport_ = nullptr;
  }
  Flush();
  return true;
}

void ReceiverStream::Detach(int64_t connection) {
  MutexLock lock(mutex_);
  if (connection == connection_) transport_ = nullptr;
}

void ReceiverStream::SetCredit(Credit credit) {
  {
    MutexLock lock(mutex_);
    highest_granted_.bytes =
        std::max(highest_granted_.bytes, credit.quota.bytes);
    highest_granted_.count =
        std::max(highest_granted_.count, credit.quota.count);
    Send(Acknowledgement{.acknowledged_sequence = acknowledged_,
                         .credit = std::move(credit)});
  }
  Flush();
}

void ReceiverStream::Drain(absl::Duration grace_period) {
  {
    MutexLock lock(mutex_);
    Send(flow::Drain{grace_period});
  }
  Flush();
}

ReceiverStream::Stats ReceiverStream::stats() const {
  MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.connected = transport_ != nullptr;
  stats.unanswered = unanswered_;
  return stats;
}

void ReceiverStream::Send(ReceiverFrame frame) {
  if (transport_ == nullptr) return;
  to_transport_.Add(
      [transport = transport_, frame = std::move(frame)]() mutable {
        transport->Send(std::move(frame));
      });
}

void ReceiverStream::Flush() {
  const std::shared_ptr<ReceiverStream> keep = shared_from_this();
  to_transport_.Flush();
}

}  // namespace phoenix::flow
