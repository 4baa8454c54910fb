#include "tools/phoenix/sink_queues.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/byte_size.h"
#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/flow/lane.h"
#include "libs/pipeline/sink_queue.h"
#include "libs/telemetry/log.h"
#include "libs/telemetry/sink_queue_metrics.h"
#include "services/sink/full_queue.h"
#include "services/sink/spill_queue.h"
#include "tools/phoenix/live_line.h"
#include "tools/phoenix/open_log.h"

namespace phoenix {
namespace {

std::string HealthPart(const std::string& sink) {
  return Cat("queue of sink '", sink, "'");
}

uint64_t DiskBytes(const SinkQueueLimits& limits) {
  return limits.spill ? static_cast<uint64_t>(limits.spill->max_bytes) : 0;
}

// The terms of a sum that are not 0.
class Sum {
 public:
  Sum& Add(uint64_t events, std::string_view what) {
    if (events == 0) return *this;
    CatTo(text_, text_.empty() ? "" : " + ", WithCommas(events), " ", what);
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string BooksOf(const SpillQueue::Stats& stats) {
  const std::string came = Sum()
                               .Add(stats.found, "found on disk")
                               .Add(stats.spilled, "put on disk")
                               .text();
  const std::string went = Sum()
                               .Add(stats.delivered, "delivered")
                               .Add(stats.dead_lettered, "dead_lettered")
                               .Add(stats.dropped, "dropped")
                               .Add(stats.given_up, "given up")
                               .Add(stats.damaged, "damaged")
                               .Add(stats.waiting, "waiting")
                               .text();
  return Cat("queue: ", came, " = ", went,
             stats.waiting > 0
                 ? "; what waits is safe on disk: the next run delivers it"
                 : "");
}

}  // namespace

std::string QuarantineText(uint64_t records, uint64_t events) {
  return Cat(WithCommas(records), " corrupt records",
             events > 0 ? Cat(" with ", WithCommas(events), " events") : "",
             " put aside in its quarantine; see `phoenix log check`");
}

// One queue. What is null the sink does without.
struct SinkQueues::Queue {
  Queue(const CompiledSink& of, SinkWorker& before)
      : sink(of), worker(before), policy(of.name, of.queue.when_full) {}

  SinkQueueNumbers Numbers() const {
    SinkQueueNumbers numbers;
    numbers.turned_away = policy.turned_away_events();
    if (spill == nullptr) return numbers;
    const SpillQueue::Stats stats = spill->stats();
    numbers.spilled = stats.spilled;
    numbers.delivered = stats.delivered;
    numbers.dead_lettered = stats.dead_lettered;
    numbers.dropped = stats.dropped;
    numbers.missing = stats.given_up + stats.damaged;
    numbers.waiting = stats.waiting;
    numbers.size_bytes = stats.bytes;
    numbers.lag_seconds = absl::ToDoubleSeconds(stats.lag);
    numbers.refuses = !stats.refuses.empty();
    return numbers;
  }

  const CompiledSink& sink;
  SinkWorker& worker;
  FullQueuePolicy policy;
  std::unique_ptr<SheddingPort> shedding;
  std::unique_ptr<flow::Lane> reading;  // Of `spill`: it may wait for a disk.
  std::unique_ptr<SpillQueue> spill;
  std::unique_ptr<SinkQueueMetrics> metrics;
};

SinkQueues::SinkQueues(const CompiledPipeline& pipeline,
                       MetricsRegistry& metrics, HealthRegistry& health,
                       Clock& clock)
    : pipeline_(pipeline),
      metrics_(metrics),
      health_(health),
      clock_(clock),
      queues_(pipeline.sinks.size()) {}

SinkQueues::~SinkQueues() {
  Stop();
  Close();
}

SinkPort& SinkQueues::Add(size_t index, SinkWorker& worker,
                          DeadLetters* dead_letters) {
  const CompiledSink& sink = pipeline_.sinks[index];
  queues_[index] = std::make_unique<Queue>(sink, worker);
  Queue& queue = *queues_[index];
  const SinkQueueLimits& limits = sink.queue;
  queue.metrics = std::make_unique<SinkQueueMetrics>(metrics_, sink.name,
                                                     DiskBytes(limits));
  if (!limits.spill && queue.policy.waits()) return worker;
  if (!limits.spill) {
    queue.shedding =
        std::make_unique<SheddingPort>(sink.name, worker, queue.policy);
    return *queue.shedding;
  }
  health_.Add(HealthPart(sink.name));
  queue.reading = std::make_unique<flow::Lane>(
      flow::Lane::Options{.name = Cat("q ", sink.name)}, clock_);
  queue.spill = std::make_unique<SpillQueue>(
      SpillQueue::Options{.name = sink.name, .position = sink.position},
      SpillQueue::Environment{
          .memory = worker,
          .when_full = queue.policy,
          .dead_letters = dead_letters,
          .executor = *queue.reading,
          .clock = clock_,
          .random_seed = static_cast<uint64_t>(clock_.MonotonicNanos())});
  return *queue.spill;
}

// That of the dead-letter sink first: the others send it letters at once.
absl::Status SinkQueues::Start() {
  const size_t dead_letter = pipeline_.dead_letter;
  PHOENIX_RETURN_IF_ERROR(StartOne(dead_letter));
  for (size_t i = 0; i < queues_.size(); ++i) {
    if (i != dead_letter) PHOENIX_RETURN_IF_ERROR(StartOne(i));
  }
  return absl::OkStatus();
}

absl::Status SinkQueues::StartOne(size_t index) {
  Queue* queue = queues_[index].get();
  if (queue == nullptr || queue->spill == nullptr) return absl::OkStatus();
  const std::string& sink = queue->sink.name;
  auto log = OpenSinkLog(pipeline_.name, queue->sink);
  absl::Status status = log.status();
  if (status.ok()) status = queue->spill->Start(*std::move(log));
  if (status.ok()) {
    health_.SetReady(HealthPart(sink));
    return absl::OkStatus();
  }
  health_.SetFailed(HealthPart(sink), FromAbsl(status.message()));
  return StatusBuilder(status).Context(Cat("sink '", sink, "': queue"));
}

bool SinkQueues::Drain(absl::Duration timeout) {
  const int64_t began = clock_.MonotonicNanos();
  const auto left = [&] {
    return timeout - absl::Nanoseconds(clock_.MonotonicNanos() - began);
  };
  bool empty = true;
  for (const auto& queue : queues_) {
    if (queue == nullptr || queue->spill == nullptr) continue;
    empty = queue->spill->Drain(left()) && empty;
  }
  // The others may have made dead letters since.
  const auto& dead_letter = queues_[pipeline_.dead_letter];
  if (dead_letter == nullptr || dead_letter->spill == nullptr) return empty;
  return dead_letter->spill->Drain(left()) && empty;
}

void SinkQueues::Stop() {
  for (const auto& queue : queues_) {
    if (queue != nullptr && queue->spill != nullptr) queue->spill->Stop();
  }
}

bool SinkQueues::Close() {
  bool clean = true;
  for (const auto& queue : queues_) {
    if (queue == nullptr || queue->spill == nullptr) continue;
    queue->reading->Stop();
    const absl::Status status = queue->spill->Close();
    if (status.ok()) continue;
    Logger::Process().Error(
        "The queue of a sink did not close cleanly.",
        {{"component.name", queue->sink.name}, {"error", status}});
    clean = false;
  }
  return clean;
}

uint64_t SinkQueues::waiting_events() const {
  uint64_t waiting = 0;
  for (const auto& queue : queues_) {
    if (queue != nullptr && queue->spill != nullptr) {
      waiting += queue->spill->stats().waiting;
    }
  }
  return waiting;
}

int64_t SinkQueues::UnaccountedEvents() const {
  int64_t unaccounted = 0;
  for (const auto& queue : queues_) {
    if (queue != nullptr && queue->spill != nullptr) {
      unaccounted += queue->spill->stats().unaccounted();
    }
  }
  return unaccounted;
}

double SinkQueues::fill_ratio(size_t index) const {
  const Queue& queue = *queues_[index];
  if (queue.spill == nullptr) return queue.worker.fill_ratio();
  const SpillQueue::Stats stats = queue.spill->stats();
  if (stats.holds_up) return 1;
  return static_cast<double>(stats.bytes) /
         static_cast<double>(DiskBytes(queue.sink.queue));
}

std::string SinkQueues::LongestOnDisk() const {
  absl::Duration longest;
  std::string text;
  for (const auto& queue : queues_) {
    if (queue == nullptr || queue->spill == nullptr) continue;
    const SpillQueue::Stats stats = queue->spill->stats();
    if (stats.waiting == 0 || stats.lag < longest) continue;
    longest = stats.lag;
    text = absl::StrFormat(
        "sink '%s' (%s events wait on disk, %s)", queue->sink.name,
        WithCommas(stats.waiting),
        absl::FormatDuration(absl::Trunc(stats.lag, absl::Seconds(1))));
  }
  return text;
}

void SinkQueues::Publish() {
  for (const auto& queue : queues_) {
    if (queue == nullptr) continue;
    queue->metrics->Publish(queue->Numbers());
    if (queue->spill == nullptr) continue;
    const std::string part = HealthPart(queue->sink.name);
    const SpillQueue::Stats stats = queue->spill->stats();
    if (!stats.refuses.empty()) {
      health_.SetUnready(part, Cat("its disk refuses events: ", stats.refuses));
    } else if (stats.holds_up) {
      health_.SetUnready(
          part,
          Cat("full: ", FormatByteSize(queue->sink.queue.spill->max_bytes),
              " wait on disk, and the pipeline with them"));
    } else {
      health_.SetReady(part);
    }
  }
}

std::vector<std::string> SinkQueues::Report() const {
  std::vector<std::string> lines;
  for (const auto& queue : queues_) {
    if (queue == nullptr) continue;
    const std::string& sink = queue->sink.name;
    if (queue->spill != nullptr) {
      const SpillQueue::Stats stats = queue->spill->stats();
      if (stats.found + stats.spilled > 0) {
        lines.push_back(Cat(sink, ": ", BooksOf(stats)));
      }
      if (stats.given_up > 0) {
        lines.push_back(Cat(sink, ": queue: ", WithCommas(stats.given_up),
                            " events given up before they were final, for it "
                            "was full (when_full: drop_oldest)"));
      }
      if (stats.corrupt_records > 0) {
        lines.push_back(
            Cat(sink, ": queue: ",
                QuarantineText(stats.corrupt_records, stats.corrupt_events)));
      }
    }
    const uint64_t turned_away = queue->policy.turned_away_events();
    if (turned_away == 0) continue;
    lines.push_back(Cat(sink, ": queue: ", WithCommas(turned_away),
                        " events found it full (when_full: ",
                        FullQueueName(queue->sink.queue.when_full), ")"));
  }
  return lines;
}

}  // namespace phoenix
