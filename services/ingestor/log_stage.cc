#include "services/ingestor/log_stage.h"

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

// How far beyond its cursor a partition of a shared log is handed on: 128
// batches, each with room for the largest. A sink that remembers what it has
// written in stretches of offsets, as that of Kafka does 150, then knows all
// that can come again.
constexpr int64_t kMaxSharedSpan = int64_t{128} * EventBatch::kMaxEvents;

}  // namespace

LogStage::LogStage(std::unique_ptr<Log> log, Environment environment)
    : log_(std::move(log)),
      environment_(std::move(environment)),
      intake_(*log_, environment_.queues),
      reading_({.name = "log reader"}, environment_.clock) {}

LogStage::~LogStage() { Close().IgnoreError(); }

absl::Status LogStage::Start() { return log_->Subscribe(*this); }

std::shared_ptr<LogDispatcher> LogStage::NewDispatcher(int32_t partition) {
  LogDispatcher::Options options{.partition = partition};
  if (log_->shared()) {
    options.shared = true;
    options.max_span = kMaxSharedSpan;
  }
  return LogDispatcher::Create(options,
                               {.log = *log_,
                                .lanes = environment_.lanes,
                                .budget = environment_.budget,
                                .metrics = environment_.metrics,
                                .executor = reading_,
                                .clock = environment_.clock,
                                .random_seed = static_cast<uint64_t>(
                                    environment_.clock.MonotonicNanos())});
}

absl::Status LogStage::OnAssigned(int32_t partition) {
  std::shared_ptr<LogDispatcher> dispatcher = NewDispatcher(partition);
  MutexLock lock(mutex_);
  if (stopped_) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(dispatcher->Start());
  dispatchers_[partition] = std::move(dispatcher);
  return absl::OkStatus();
}

// All of them stop before any is waited for, so that they settle together.
void LogStage::OnRevoked(const std::vector<int32_t>& partitions,
                         absl::Duration patience) {
  std::vector<std::shared_ptr<LogDispatcher>> revoked;
  {
    MutexLock lock(mutex_);
    for (const int32_t partition : partitions) {
      const auto found = dispatchers_.find(partition);
      if (found != dispatchers_.end()) revoked.push_back(found->second);
    }
  }
  for (const auto& dispatcher : revoked) dispatcher->Stop();
  const int64_t began = environment_.clock.MonotonicNanos();
  for (const auto& dispatcher : revoked) {
    const int64_t now = environment_.clock.MonotonicNanos();
    dispatcher->Release(patience - absl::Nanoseconds(now - began));
  }
  MutexLock lock(mutex_);
  for (const int32_t partition : partitions) dispatchers_.erase(partition);
}

LogStage::Dispatchers LogStage::dispatchers() const {
  MutexLock lock(mutex_);
  return dispatchers_;
}

bool LogStage::Drain(absl::Duration timeout) {
  if (log_->shared()) Stop();
  const int64_t began = environment_.clock.MonotonicNanos();
  bool drained = true;
  for (const auto& [partition, dispatcher] : dispatchers()) {
    const absl::Duration left =
        timeout -
        absl::Nanoseconds(environment_.clock.MonotonicNanos() - began);
    drained = (log_->shared() ? dispatcher->Release(left)
                              : dispatcher->Drain(left)) &&
              drained;
  }
  return drained;
}

void LogStage::Stop() {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
  }
  for (const auto& [partition, dispatcher] : dispatchers()) dispatcher->Stop();
}

absl::Status LogStage::Close() {
  Stop();
  reading_.Stop();
  const absl::Status closed = log_->Close();
  SettleLost();
  return closed;
}

void LogStage::SettleLost() {
  for (const auto& [partition, dispatcher] : dispatchers()) {
    dispatcher->SettleLost();
  }
}

LogStage::Losses LogStage::losses() const {
  const LogStats stats = log_->Stats();
  Losses losses{.expired_records = stats.expired_records,
                .corrupt_records = stats.corrupt_records,
                .corrupt_events = stats.corrupt_events};
  for (const auto& [partition, dispatcher] : dispatchers()) {
    losses.dropped_events += dispatcher->stats().dropped;
  }
  return losses;
}

LogNumbers LogStage::Numbers() const {
  const LogStats stats = log_->Stats();
  return {.appended_events = intake_.logged_events(),
          .corrupt_records = stats.corrupt_records,
          .dropped_events = losses().dropped_events,
          .expired_records = stats.expired_records,
          .syncs = stats.syncs,
          .lag_events = waiting_events(),
          .lag_records = stats.lag_records,
          .segments = stats.segments,
          .size_bytes = stats.bytes,
          .refuses = !log_->Refuses().empty()};
}

bool LogStage::has_read_all() const {
  return log_->Stats().unread_batches == 0;
}

uint64_t LogStage::waiting_events() const {
  uint64_t waiting = 0;
  for (const auto& [partition, dispatcher] : dispatchers()) {
    const LogDispatcher::Stats stats = dispatcher->stats();
    waiting += stats.in_flight + stats.unread;
  }
  return waiting;
}

}  // namespace phoenix
