#include "libs/flow/receiver.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/flow/stream_error.h"

namespace phoenix::flow {

// One connection: finds its stream by the first frame, and passes the rest on.
class Receiver::Connection : public ReceiverListener {
 public:
  Connection(std::weak_ptr<Receiver> receiver, int64_t number,
             std::shared_ptr<ReceiverTransport> transport)
      : receiver_(std::move(receiver)),
        number_(number),
        transport_(std::move(transport)) {}

  void OnFrame(SenderFrame frame) override {
    const absl::Status status =
        std::visit([this](auto& f) { return Handle(std::move(f)); }, frame);
    if (!status.ok()) Close(status);
  }

  void OnClosed(absl::Status status) override {
    {
      MutexLock lock(mutex_);
      closed_ = true;
      transport_ = nullptr;
    }
    if (auto stream = this->stream()) stream->Detach(number_);
    if (auto receiver = receiver_.lock()) receiver->Remove(number_);
  }

  void Drain(absl::Duration grace_period) {
    if (auto stream = this->stream()) stream->Drain(grace_period);
  }

  void Close(const absl::Status& status) {
    std::shared_ptr<ReceiverTransport> transport;
    {
      MutexLock lock(mutex_);
      closed_ = true;
      transport = std::exchange(transport_, nullptr);
    }
    auto stream = this->stream();
    if (stream != nullptr && stream->Close(number_, status)) return;
    if (transport != nullptr) transport->Close(status);
  }

 private:
  absl::Status Handle(OpenStream open) {
    auto receiver = receiver_.lock();
    if (receiver == nullptr) return absl::OkStatus();
    if (stream() != nullptr) {
      return StreamError(absl::StatusCode::kFailedPrecondition,
                         "STREAM_ALREADY_OPEN", "the stream is open already");
    }
    PHOENIX_ASSIGN_OR_RETURN(auto stream, receiver->FindOrAdd(open, number_));
    std::shared_ptr<ReceiverTransport> transport;
    {
      MutexLock lock(mutex_);
      if (closed_) return absl::OkStatus();
      stream_ = stream;
      transport = transport_;
    }
    const absl::Status status =
        stream->Attach(number_, std::move(transport), open, receiver->credit(),
                       receiver->environment_.instance_id);
    if (closed()) stream->Detach(number_);
    return status;
  }

  absl::Status Handle(BatchFrame frame) {
    auto stream = this->stream();
    if (closed()) return absl::OkStatus();
    if (stream != nullptr) return stream->Receive(number_, std::move(frame));
    return StreamError(absl::StatusCode::kFailedPrecondition, "STREAM_NOT_OPEN",
                       "the first frame was not OpenStream");
  }

  std::shared_ptr<ReceiverStream> stream() {
    MutexLock lock(mutex_);
    return stream_;
  }

  bool closed() {
    MutexLock lock(mutex_);
    return closed_;
  }

  const std::weak_ptr<Receiver> receiver_;
  const int64_t number_;
  Mutex mutex_;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<ReceiverTransport> transport_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<ReceiverStream> stream_ ABSL_GUARDED_BY(mutex_);
};

std::shared_ptr<Receiver> Receiver::Create(ReceiverOptions options,
                                           Environment environment) {
  return std::make_shared<Receiver>(std::move(options), std::move(environment));
}

Receiver::Receiver(ReceiverOptions options, Environment environment)
    : options_(std::move(options)),
      environment_(std::move(environment)),
      credit_{.quota = options_.credit} {}

Receiver::~Receiver() {
  for (const auto& connection : AllConnections()) {
    connection->Close(
        absl::UnavailableError(absl::StrCat(options_.name, ": has stopped")));
  }
}

std::shared_ptr<ReceiverListener> Receiver::Accept(
    std::shared_ptr<ReceiverTransport> transport) {
  std::shared_ptr<Connection> connection;
  {
    MutexLock lock(mutex_);
    const int64_t number = ++last_connection_;
    connection = std::make_shared<Connection>(weak_from_this(), number,
                                              std::move(transport));
    connections_[number] = connection;
  }
  if (options_.max_connection_age < absl::InfiniteDuration()) {
    environment_.executor.RunAfter(
        options_.max_connection_age,
        [self = weak_from_this(), weak = std::weak_ptr(connection)] {
          const auto receiver = self.lock();
          const auto aged = weak.lock();
          if (receiver && aged) receiver->DrainConnection(aged);
        });
  }
  return connection;
}

absl::StatusOr<std::shared_ptr<ReceiverStream>> Receiver::FindOrAdd(
    const OpenStream& open, int64_t connection) {
  if (open.stream_id.empty() || open.resume_sequence < 1) {
    return InvalidFrame("OpenStream without stream_id or resume_sequence");
  }
  MutexLock lock(mutex_);
  if (draining_) {
    return StreamError(absl::StatusCode::kUnavailable, "DRAINING",
                       absl::StrCat(options_.name, ": is draining"));
  }
  if (streams_.find(open.stream_id) == streams_.end()) {
    PHOENIX_RETURN_IF_ERROR(MakeRoom());
  }
  Remembered& remembered = streams_[open.stream_id];
  if (remembered.stream == nullptr) {
    remembered.stream = std::make_shared<ReceiverStream>(environment_.handler);
  }
  remembered.last_connection = connection;
  return remembered.stream;
}

absl::Status Receiver::MakeRoom() {
  if (streams_.size() < options_.max_streams) return absl::OkStatus();
  auto oldest = streams_.end();
  for (auto it = streams_.begin(); it != streams_.end(); ++it) {
    const ReceiverStream::Stats stats = it->second.stream->stats();
    if (stats.connected || stats.unanswered.count > 0) continue;
    if (oldest == streams_.end() ||
        it->second.last_connection < oldest->second.last_connection) {
      oldest = it;
    }
  }
  if (oldest == streams_.end()) {
    return StreamError(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                       absl::StrCat(options_.name, ": serves '",
                                    streams_.size(), "' streams already"));
  }
  streams_.erase(oldest);
  return absl::OkStatus();
}

void Receiver::SetCredit(Credit credit) {
  {
    MutexLock lock(mutex_);
    credit_ = credit;
  }
  for (const auto& stream : AllStreams()) stream->SetCredit(credit);
}

Credit Receiver::credit() const {
  MutexLock lock(mutex_);
  return credit_;
}

void Receiver::Drain(absl::AnyInvocable<void()> done) {
  {
    MutexLock lock(mutex_);
    draining_ = true;
    drained_.push_back(std::move(done));
  }
  for (const auto& connection : AllConnections()) DrainConnection(connection);
  TellDrained();
}

void Receiver::DrainConnection(const std::shared_ptr<Connection>& connection) {
  connection->Drain(options_.drain_grace);
  environment_.executor.RunAfter(
      options_.drain_grace, [weak = std::weak_ptr(connection)] {
        if (const auto late = weak.lock()) {
          late->Close(StreamError(absl::StatusCode::kUnavailable, "DRAINING",
                                  "the connection was drained"));
        }
      });
}

void Receiver::Remove(int64_t connection) {
  {
    MutexLock lock(mutex_);
    connections_.erase(connection);
  }
  TellDrained();
}

void Receiver::TellDrained() {
  std::vector<absl::AnyInvocable<void()>> drained;
  {
    MutexLock lock(mutex_);
    if (!draining_ || !connections_.empty()) return;
    drained.swap(drained_);
  }
  for (auto& done : drained) done();
}

Receiver::Stats Receiver::stats() const {
  Stats total;
  for (const auto& stream : AllStreams()) {
    const ReceiverStream::Stats stats = stream->stats();
    ++total.streams;
    total.connections += stats.connected ? 1 : 0;
    total.unanswered.bytes += stats.unanswered.bytes;
    total.unanswered.count += stats.unanswered.count;
    total.received_batches += stats.received_batches;
    total.duplicate_batches += stats.duplicate_batches;
  }
  return total;
}

std::vector<std::shared_ptr<ReceiverStream>> Receiver::AllStreams() const {
  std::vector<std::shared_ptr<ReceiverStream>> streams;
  MutexLock lock(mutex_);
  for (const auto& [id, remembered] : streams_) {
    streams.push_back(remembered.stream);
  }
  return streams;
}

std::vector<std::shared_ptr<Receiver::Connection>> Receiver::AllConnections()
    const {
  std::vector<std::shared_ptr<Connection>> connections;
  MutexLock lock(mutex_);
  for (const auto& [number, weak] : connections_) {
    if (auto connection = weak.lock()) connections.push_back(connection);
  }
  return connections;
}

}  // namespace phoenix::flow
