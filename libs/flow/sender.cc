#include "libs/flow/sender.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/flow/back_pressure.h"
#include "libs/flow/stream_error.h"

namespace phoenix::flow {
namespace {

// What producers are told to wait: long enough to matter, short enough that a
// recovered sink is not left idle.
constexpr absl::Duration kMinRetryDelay = absl::Milliseconds(50);
constexpr absl::Duration kMaxRetryDelay = absl::Seconds(30);

std::string RandomStreamId(Random& random) {
  return absl::StrFormat("%016x%016x", random.Next(), random.Next());
}

std::shared_ptr<const BatchOutcome> Expand(
    std::shared_ptr<const BatchOutcome> outcome, uint32_t size) {
  if (outcome->size() == size) return outcome;
  auto expanded = std::make_shared<BatchOutcome>(size, outcome->at(0));
  for (const OutcomeDetail& detail : outcome->details()) {
    expanded->AddDetail(detail);
  }
  return expanded;
}

std::shared_ptr<const BatchOutcome> RetryAll(const BatchView& view,
                                             std::string component,
                                             absl::Status status) {
  auto outcome =
      std::make_shared<BatchOutcome>(view.batch->size(), Outcome::kRetry);
  const uint32_t row = view.rows.empty() ? 0 : view.rows[0];
  outcome->AddDetail({row, std::move(component), std::move(status)});
  return outcome;
}

}  // namespace

// Tells the sender what one connection brings, for as long as there is a
// sender.
class Sender::Connection : public SenderListener {
 public:
  Connection(std::weak_ptr<Sender> sender, int64_t number)
      : sender_(std::move(sender)), number_(number) {}

  void OnFrame(ReceiverFrame frame) override {
    if (auto sender = sender_.lock()) {
      sender->OnFrame(number_, std::move(frame));
    }
  }

  void OnClosed(absl::Status status) override {
    if (auto sender = sender_.lock()) {
      sender->OnClosed(number_, std::move(status));
    }
  }

 private:
  const std::weak_ptr<Sender> sender_;
  const int64_t number_;
};

std::shared_ptr<Sender> Sender::Create(SenderOptions options,
                                       const Environment& environment) {
  auto sender = std::make_shared<Sender>(std::move(options), environment);
  {
    MutexLock lock(sender->mutex_);
    sender->Connect();
  }
  sender->Flush();
  return sender;
}

Sender::Sender(SenderOptions options, const Environment& environment)
    : options_(std::move(options)),
      environment_(environment),
      random_(environment.random_seed),
      backoff_(options_.reconnect) {
  if (options_.stream_id.empty()) options_.stream_id = RandomStreamId(random_);
}

Sender::~Sender() { Close(absl::CancelledError("sender destroyed")); }

// --- For the owner ---

absl::Status Sender::Offer(BatchView&& view, SettleCallback&& settle) {
  {
    MutexLock lock(mutex_);
    if (draining_ || state_ == State::kClosed) {
      return StreamError(absl::StatusCode::kFailedPrecondition, "DRAINING",
                         absl::StrCat(options_.sender, ": is draining"));
    }
    const auto bytes = static_cast<int64_t>(view.memory_bytes());
    if (!options_.max_held.Fits(total_, bytes)) {
      full_ = true;
      return Refusal();
    }
    total_.Add(bytes);
    held_.push_back({.view = std::move(view),
                     .settle = std::move(settle),
                     .bytes = bytes,
                     .offer_nanos = environment_.clock.MonotonicNanos()});
    Pump();
  }
  Flush();
  return absl::OkStatus();
}

void Sender::WhenReady(absl::AnyInvocable<void()> ready) {
  {
    MutexLock lock(mutex_);
    waiting_.push_back(std::move(ready));
    TellWaiters();
  }
  Flush();
}

void Sender::Drain(absl::AnyInvocable<void()> done) {
  {
    MutexLock lock(mutex_);
    draining_ = true;
    drained_.push_back(std::move(done));
    TellWaiters();
  }
  Flush();
}

void Sender::Close(absl::Status status) {
  {
    MutexLock lock(mutex_);
    if (state_ == State::kClosed) return;
    EndConnection(status);
    state_ = State::kClosed;
    for (Held& held : held_) {
      if (held.settled) continue;
      SettleHeld(held, RetryAll(held.view, options_.receiver, status));
    }
    ForgetSettled();
    TellWaiters();
  }
  Flush();
}

Sender::Stats Sender::stats() const {
  MutexLock lock(mutex_);
  Stats stats = stats_;
  stats.held = total_;
  stats.on_the_way = on_the_way_;
  stats.credit = credit_;
  stats.connected = state_ == State::kOpen || state_ == State::kDraining;
  return stats;
}

absl::Status Sender::Refusal() {
  const absl::Duration delay = std::clamp(absl::Nanoseconds(settle_nanos_),
                                          kMinRetryDelay, kMaxRetryDelay);
  const std::string& who =
      credit_.limited_by.empty() ? options_.receiver : credit_.limited_by;
  if (state_ == State::kWaiting || state_ == State::kOpening) {
    return BackPressure(who,
                        absl::StrCat("not connected, and ", total_.count,
                                     " batches wait: ", last_error_.message()),
                        delay);
  }
  return BackPressure(
      who,
      absl::StrCat(total_.count, " batches of ", total_.bytes,
                   " bytes wait, of at most ", options_.max_held.count,
                   " batches and ", options_.max_held.bytes, " bytes"),
      delay);
}

// --- The connection ---

void Sender::Connect() {
  state_ = State::kOpening;
  ++connection_;
  auto listener = std::make_shared<Connection>(weak_from_this(), connection_);
  to_transport_.Add([this, number = connection_, listener]() mutable {
    Dial(number, std::move(listener));
  });
  to_transport_.Add([this, weak = weak_from_this(), number = connection_] {
    environment_.executor.RunAfter(options_.open_timeout, [weak, number] {
      if (auto sender = weak.lock()) sender->OnOpenTimeout(number);
    });
  });
}

void Sender::Dial(int64_t connection,
                  std::shared_ptr<SenderListener> listener) {
  auto transport = environment_.connector.Connect(std::move(listener));
  MutexLock lock(mutex_);
  if (connection_ != connection || state_ != State::kOpening) {
    to_transport_.Add([transport] { transport->Close(absl::OkStatus()); });
    return;
  }
  transport_ = std::move(transport);
  Send(OpenStream{.stream_id = options_.stream_id,
                  .sender = options_.sender,
                  .pipeline = options_.pipeline,
                  .resume_sequence = first_held_});
}

void Sender::ConnectLater() {
  to_transport_.Add([this, weak = weak_from_this(), number = connection_,
                     delay = backoff_.Next(random_)] {
    environment_.executor.RunAfter(delay, [weak, number] {
      if (auto sender = weak.lock()) sender->OnReconnectTime(number);
    });
  });
}

void Sender::EndConnection(absl::Status why) {
  if (transport_ != nullptr) {
    to_transport_.Add(
        [transport = std::move(transport_), why] { transport->Close(why); });
  }
  transport_ = nullptr;
  state_ = State::kWaiting;
  on_the_way_ = Quota{};
  next_to_send_ = first_held_;
  last_error_ = std::move(why);
}

void Sender::Send(SenderFrame frame) {
  to_transport_.Add(
      [transport = transport_, frame = std::move(frame)]() mutable {
        transport->Send(std::move(frame));
      });
}

void Sender::OnOpenTimeout(int64_t connection) {
  {
    MutexLock lock(mutex_);
    if (connection != connection_ || state_ != State::kOpening) return;
    EndConnection(absl::DeadlineExceededError(absl::StrCat(
        "no answer within ", absl::FormatDuration(options_.open_timeout))));
    ConnectLater();
  }
  Flush();
}

void Sender::OnClosed(int64_t connection, absl::Status status) {
  {
    MutexLock lock(mutex_);
    if (!IsPresent(connection)) return;
    EndConnection(std::move(status));
    ConnectLater();
  }
  Flush();
}

void Sender::OnReconnectTime(int64_t connection) {
  {
    MutexLock lock(mutex_);
    if (connection != connection_ || state_ != State::kWaiting) return;
    Connect();
  }
  Flush();
}

// --- What the receiver says ---

void Sender::OnFrame(int64_t connection, ReceiverFrame frame) {
  {
    MutexLock lock(mutex_);
    if (!IsPresent(connection)) return;
    const absl::Status status = std::visit(
        [this](auto& f)
            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return Handle(f); },
        frame);
    if (!status.ok()) {
      EndConnection(status);
      ConnectLater();
    }
    Pump();
  }
  Flush();
}

absl::Status Sender::Handle(StreamOpened& opened) {
  if (state_ != State::kOpening) {
    return InvalidFrame("stream opened twice");
  }
  if (opened.received_sequence < first_held_ - 1 ||
      opened.received_sequence > highest_sent_) {
    return InvalidFrame(absl::StrCat(
        "received_sequence '", opened.received_sequence, "' not within '",
        first_held_ - 1, "' to '", highest_sent_, "'"));
  }
  state_ = State::kOpen;
  backoff_.Reset();
  credit_ = std::move(opened.credit);
  ++stats_.connections;
  if (!instance_id_.empty() && instance_id_ != opened.instance_id) {
    ++stats_.receiver_restarts;
  }
  instance_id_ = std::move(opened.instance_id);
  ResumeAfter(opened.received_sequence);
  return absl::OkStatus();
}

void Sender::ResumeAfter(int64_t received_sequence) {
  next_to_send_ = received_sequence + 1;
  on_the_way_ = Quota{};
  for (int64_t sequence = first_held_; sequence <= highest_sent_; ++sequence) {
    if (held(sequence).settled) continue;
    if (sequence < next_to_send_) {
      on_the_way_.Add(held(sequence).bytes);
    } else {
      ++stats_.resent_batches;
    }
  }
}

absl::Status Sender::Handle(Acknowledgement& acknowledgement) {
  if (state_ == State::kOpening) return InvalidFrame("stream not open");
  for (const BatchResult& result : acknowledgement.results) {
    if (absl::Status status = Settle(result); !status.ok()) return status;
  }
  ForgetSettled();
  if (acknowledgement.acknowledged_sequence >= first_held_) {
    return InvalidFrame(absl::StrCat("batch '", first_held_,
                                     "' acknowledged without its outcome"));
  }
  if (acknowledgement.credit.has_value()) {
    credit_ = *std::move(acknowledgement.credit);
  }
  return absl::OkStatus();
}

absl::Status Sender::Handle(const flow::Drain& drain) {
  if (state_ == State::kOpening) return InvalidFrame("stream not open");
  state_ = State::kDraining;
  return absl::OkStatus();
}

absl::Status Sender::Settle(const BatchResult& result) {
  if (result.sequence < first_held_) return absl::OkStatus();
  if (result.sequence >= next_to_send_) {
    return InvalidFrame(
        absl::StrCat("outcome of batch '", result.sequence, "' not sent yet"));
  }
  Held& held = this->held(result.sequence);
  if (held.settled) return absl::OkStatus();
  const uint32_t size = held.view.batch->size();
  if (result.outcome->size() != size && result.outcome->size() != 1) {
    return InvalidFrame(absl::StrCat("batch '", result.sequence, "' has '",
                                     result.outcome->size(),
                                     "' outcomes, expected '", size, "'"));
  }
  on_the_way_.Subtract(held.bytes);
  SettleHeld(held, Expand(result.outcome, size));
  return absl::OkStatus();
}

void Sender::SettleHeld(Held& held,
                        std::shared_ptr<const BatchOutcome> outcome) {
  constexpr int64_t kSmoothing = 8;
  const int64_t took = environment_.clock.MonotonicNanos() - held.offer_nanos;
  settle_nanos_ += (took - settle_nanos_) / kSmoothing;
  full_ = false;
  total_.Subtract(held.bytes);
  held.settled = true;
  held.view = BatchView{};
  to_owner_.Add([settle = std::move(held.settle),
                 outcome = std::move(outcome)]() mutable { settle(*outcome); });
}

void Sender::ForgetSettled() {
  while (!held_.empty() && held_.front().settled) {
    held_.pop_front();
    ++first_held_;
  }
  next_to_send_ = std::max(next_to_send_, first_held_);
}

// --- What has become possible ---

void Sender::Pump() {
  while (MaySendNext()) SendNext();
  if (state_ == State::kDraining && on_the_way_.count == 0) {
    EndConnection(absl::OkStatus());
    Connect();
  }
  TellWaiters();
}

bool Sender::MaySendNext() {
  if (state_ != State::kOpen || next_to_send_ >= end_held()) return false;
  if (next_to_send_ >= first_held_ + kMaxWindow) return false;
  const Held& next = held(next_to_send_);
  return next.settled || credit_.quota.Fits(on_the_way_, next.bytes);
}

void Sender::SendNext() {
  const Held& next = held(next_to_send_);
  BatchFrame frame{.sequence = next_to_send_,
                   .settled_sequence = first_held_ - 1};
  if (!next.settled) {
    frame.accounted_bytes = next.bytes;
    frame.view = next.view;
    on_the_way_.Add(next.bytes);
    ++stats_.sent_batches;
  }
  Send(std::move(frame));
  highest_sent_ = std::max(highest_sent_, next_to_send_);
  ++next_to_send_;
}

void Sender::TellWaiters() {
  const bool over = draining_ || state_ == State::kClosed;
  if (over || !full_) {
    for (auto& ready : waiting_) to_owner_.Add(std::move(ready));
    waiting_.clear();
  }
  if (over && held_.empty()) {
    for (auto& done : drained_) to_owner_.Add(std::move(done));
    drained_.clear();
  }
}

void Sender::Flush() {
  const std::shared_ptr<Sender> keep = weak_from_this().lock();
  to_transport_.Flush();
  to_owner_.Flush();
}

}  // namespace phoenix::flow
