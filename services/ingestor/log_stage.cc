#include "services/ingestor/log_stage.h"

#include <utility>

#include "libs/base/status_macros.h"

namespace phoenix {

LogStage::LogStage(std::unique_ptr<Log> log, Environment environment)
    : log_(std::move(log)),
      environment_(std::move(environment)),
      intake_(*log_, environment_.queues),
      reading_({.name = "log reader"}, environment_.clock) {
  for (int32_t i = 0; i < log_->partition_count(); ++i) {
    dispatchers_.push_back(LogDispatcher::Create(
        {.partition = i}, {.log = *log_,
                           .lanes = environment_.lanes,
                           .budget = environment_.budget,
                           .metrics = environment_.metrics,
                           .executor = reading_,
                           .clock = environment_.clock,
                           .random_seed = static_cast<uint64_t>(
                               environment_.clock.MonotonicNanos())}));
  }
}

LogStage::~LogStage() { Close().IgnoreError(); }

absl::Status LogStage::Start() {
  for (const auto& dispatcher : dispatchers_) {
    PHOENIX_RETURN_IF_ERROR(dispatcher->Start());
  }
  return absl::OkStatus();
}

bool LogStage::Drain(absl::Duration timeout) {
  const int64_t began = environment_.clock.MonotonicNanos();
  bool drained = true;
  for (const auto& dispatcher : dispatchers_) {
    const absl::Duration passed =
        absl::Nanoseconds(environment_.clock.MonotonicNanos() - began);
    drained = dispatcher->Drain(timeout - passed) && drained;
  }
  return drained;
}

void LogStage::Stop() {
  for (const auto& dispatcher : dispatchers_) dispatcher->Stop();
}

absl::Status LogStage::Close() {
  Stop();
  reading_.Stop();
  return log_->Close();
}

LogNumbers LogStage::Numbers() const {
  const LogStats stats = log_->Stats();
  return {.appended_events = intake_.logged_events(),
          .corrupt_records = stats.corrupt_records,
          .dropped_events = stats.dropped_events,
          .syncs = stats.syncs,
          .lag_events = waiting_events(),
          .segments = stats.segments,
          .size_bytes = stats.bytes};
}

uint64_t LogStage::waiting_events() const {
  uint64_t in_flight = 0;
  uint64_t read = 0;
  bool at_end = true;
  for (const auto& dispatcher : dispatchers_) {
    const LogDispatcher::Stats stats = dispatcher->stats();
    in_flight += stats.in_flight;
    read += stats.read - stats.recovered;
    at_end = at_end && stats.at_end;
  }
  const uint64_t logged = intake_.logged_events();
  return in_flight + (at_end || logged < read ? 0 : logged - read);
}

}  // namespace phoenix
