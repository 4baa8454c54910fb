#include "tools/phoenix/suite.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/sink_decorators/decorate_sink.h"
#include "libs/event/payload_bytes.h"
#include "libs/telemetry/log.h"
#include "services/ingestor/settlement_count.h"
#include "tools/phoenix/live_line.h"

namespace phoenix {
namespace {

constexpr std::string_view kLogHealthPart = "log";

// How often operators may publish events of their own.
constexpr absl::Duration kTickInterval = absl::Seconds(1);

// What sinks may take to give back what they hold when a drain's time is up.
constexpr absl::Duration kGiveBackTime = absl::Seconds(2);

// A queue fuller than this is what holds the pipeline up.
constexpr double kBusyQueueRatio = 0.5;

absl::Status Prefixed(std::string_view kind, std::string_view name,
                      const absl::Status& status) {
  return absl::Status(status.code(),
                      Cat(kind, " '", name, "': ", FromAbsl(status.message())));
}

// What a sink gives up becomes a dead letter. What the dead-letter sink would
// give up has nowhere to go, and what waits on disk can wait: those try as long
// as the process runs.
RetryingSink::Options RetryOptions(const std::string& sink, bool for_ever) {
  RetryingSink::Options options;
  options.name = sink;
  if (for_ever) {
    options.max_attempts = std::numeric_limits<int>::max();
    options.max_elapsed = absl::InfiniteDuration();
  }
  return options;
}

std::string SourceHealthPart(const std::string& name) {
  return Cat("source '", name, "'");
}

uint64_t CountArrivals(const PipelineMetrics& metrics) {
  return metrics.received_events() + metrics.recovered_events();
}

uint64_t CountSettled(const PipelineMetrics& metrics) {
  uint64_t events = 0;
  for (int i = 0; i < kSettlementCount; ++i) {
    events += metrics.settled_events(static_cast<Settlement>(i));
  }
  return events;
}

// Every event counts when it comes and when it settles.
uint64_t CountMoves(const PipelineMetrics& metrics) {
  return CountArrivals(metrics) + CountSettled(metrics);
}

std::vector<std::string> LossesOf(const LogStage::Losses& losses,
                                  LogStorage storage) {
  std::vector<std::string> lines;
  if (losses.dropped_events > 0) {
    lines.push_back(Cat(WithCommas(losses.dropped_events),
                        " events given up before they were final, for it was "
                        "full (when_full: drop_oldest)"));
  }
  if (losses.expired_records > 0) {
    lines.push_back(Cat(WithCommas(losses.expired_records),
                        " records deleted before their events were final, as "
                        "the topic's retention says"));
  }
  if (losses.corrupt_records > 0) {
    lines.push_back(
        storage == LogStorage::kOthers
            ? Cat(WithCommas(losses.corrupt_records),
                  " records could not be read")
            : QuarantineText(losses.corrupt_records, losses.corrupt_events));
  }
  return lines;
}

LogStorage StorageOf(const CompiledPipeline& pipeline) {
  const bool in_kafka =
      pipeline.log.has_value() && pipeline.log->kafka != nullptr;
  return in_kafka ? LogStorage::kOthers : LogStorage::kOwn;
}

size_t LaneCount(int configured) {
  if (configured > 0) return static_cast<size_t>(configured);
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

// One source, its metrics and its door.
struct Suite::SourceUnit {
  SourceUnit(MetricsRegistry& registry, const CompiledSource& compiled)
      : name(compiled.name),
        source(*compiled.source),
        metrics(registry, {.kind = ComponentKind::kSource,
                           .type = compiled.kind,
                           .name = compiled.name}) {}

  const std::string name;
  Source& source;
  ComponentMetrics metrics;
  std::unique_ptr<Door> door;
  bool started = false;
};

Suite::Suite(std::unique_ptr<CompiledPipeline> pipeline,
             MetricsRegistry& metrics, HealthRegistry& health, Clock& clock,
             LogOpener open_log)
    : pipeline_(std::move(pipeline)),
      registry_(metrics),
      health_(health),
      clock_(clock),
      pipeline_metrics_(metrics, pipeline_->name),
      budget_(static_cast<size_t>(pipeline_->limits.buffer_bytes)),
      step_metrics_(metrics, pipeline_->steps),
      steps_(pipeline_->steps, &step_metrics_, clock),
      route_metrics_(metrics, pipeline_->routes),
      routes_(pipeline_->routes, pipeline_->sinks.size(), &route_metrics_),
      queues_(*pipeline_, metrics, health, clock),
      open_log_(std::move(open_log)),
      log_metrics_(metrics, pipeline_->name, StorageOf(*pipeline_)),
      ticker_({.name = "ticker"}, clock),
      busy_watch_(clock),
      stream_watch_(metrics) {
  if (pipeline_->log.has_value()) {
    log_metrics_.SetMaximum(static_cast<uint64_t>(pipeline_->log->max_bytes));
  }
  BuildSinks();
  BuildQueues();
  BuildLanes();
  BuildSources();
  if (open_log_ != nullptr) health_.Add(kLogHealthPart);
  WatchStreams();
  for (const auto& step : step_metrics_.steps()) busy_watch_.Add(*step);
  for (const auto& sink : sink_metrics_) busy_watch_.Add(*sink);
}

Suite::~Suite() {
  if (!stopped_) Drain(absl::ZeroDuration());
}

void Suite::BuildSinks() {
  for (CompiledSink& compiled : pipeline_->sinks) {
    const int64_t queue_bytes = compiled.queue.bytes;
    queue_metrics_.push_back(std::make_unique<BufferMetrics>(
        registry_, compiled.name, static_cast<uint64_t>(queue_bytes)));
    sink_metrics_.push_back(std::make_unique<ComponentMetrics>(
        registry_, ComponentId{.kind = ComponentKind::kSink,
                               .type = compiled.kind,
                               .name = compiled.name}));
    sink_monitors_.push_back(std::make_unique<SinkMonitor>(
        sink_metrics_.back()->id(), registry_, health_));
    compiled.sink->PublishMetrics(registry_);
    const bool is_dead_letter = sinks_.size() == pipeline_->dead_letter;
    const bool for_ever = is_dead_letter || compiled.queue.spill.has_value();
    sinks_.push_back(std::make_unique<SinkWorker>(
        SinkWorker::Options{.name = compiled.name, .queue_bytes = queue_bytes},
        DecorateSink(std::move(compiled.sink),
                     {.retry = RetryOptions(compiled.name, for_ever),
                      .metrics = *sink_metrics_.back(),
                      .monitor = *sink_monitors_.back(),
                      .clock = clock_,
                      .stop = stop_retries_,
                      .log_end = [this] { return LogEndNow(); }}),
        *queue_metrics_.back(), clock_));
    health_.Add(SinkHealthPart(compiled.name));
  }
}

// That of the dead-letter sink first: the others need it.
void Suite::BuildQueues() {
  const size_t dead_letter = pipeline_->dead_letter;
  ports_.resize(sinks_.size());
  ports_[dead_letter] =
      &queues_.Add(dead_letter, *sinks_[dead_letter], /*dead_letters=*/nullptr);
  dead_letters_ = std::make_unique<DeadLetterSender>(
      pipeline_->name, pipeline_->revision, *ports_[dead_letter], clock_);
  for (size_t i = 0; i < sinks_.size(); ++i) {
    if (i == dead_letter) continue;
    ports_[i] = &queues_.Add(i, *sinks_[i], dead_letters_.get());
  }
}

void Suite::BuildLanes() {
  std::vector<Router::Destination> destinations;
  for (size_t i = 0; i < sinks_.size(); ++i) {
    destinations.push_back({ports_[i], pipeline_->sinks[i].position});
  }
  const size_t count = LaneCount(pipeline_->limits.lane_count);
  for (size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<ProcessingLane>(
        Cat("lane ", i),
        ProcessingLane::Environment{
            .steps = steps_,
            .routes = routes_,
            .rules = pipeline_->rules,
            .sinks = destinations,
            .dead_letters = *dead_letters_,
            .clock = clock_,
            // A door's budget admits one oversized batch beyond its bound.
            .max_bytes = 2 * pipeline_->limits.buffer_bytes}));
  }
}

void Suite::BuildSources() {
  for (const CompiledSource& compiled : pipeline_->sources) {
    sources_.push_back(std::make_unique<SourceUnit>(registry_, compiled));
    health_.Add(SourceHealthPart(compiled.name));
  }
}

absl::Status Suite::OpenLog() {
  std::vector<std::shared_ptr<flow::Sender>> lanes;
  for (const auto& lane : lanes_) lanes.push_back(lane->sender());
  if (open_log_ == nullptr) {
    lane_intake_ = std::make_unique<LaneIntake>(std::move(lanes),
                                                WeakestQueue(*pipeline_));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<Log>> log = open_log_();
  if (!log.ok()) {
    health_.SetFailed(kLogHealthPart, FromAbsl(log.status().message()));
    return Prefixed("log", pipeline_->name, log.status());
  }
  log_ = std::make_unique<LogStage>(
      *std::move(log),
      LogStage::Environment{.lanes = std::move(lanes),
                            .budget = budget_,
                            .metrics = pipeline_metrics_,
                            .clock = clock_,
                            .queues = WeakestQueue(*pipeline_)});
  return absl::OkStatus();
}

std::optional<BatchIdentity> Suite::LogEndNow() const {
  return log_ != nullptr ? log_->next_identity() : std::nullopt;
}

void Suite::BuildDoors() {
  for (size_t i = 0; i < sources_.size(); ++i) {
    SourceUnit& unit = *sources_[i];
    unit.door = std::make_unique<Door>(Door::Environment{
        .intake = log_ != nullptr ? log_->intake() : *lane_intake_,
        .budget = log_ != nullptr ? log_budget_ : budget_,
        .pipeline_metrics = pipeline_metrics_,
        .metrics = unit.metrics,
        .dead_letters = *dead_letters_,
        .source = unit.name,
        .position = pipeline_->sources[i].position,
        .revision = pipeline_->revision,
        .clock = clock_,
        .slowest_part = [this] { return NameOfFullestSink(); }});
  }
}

void Suite::WatchStreams() {
  for (size_t i = 0; i < lanes_.size(); ++i) {
    stream_watch_.Add("processor", Cat("lane ", i), lanes_[i]->sender());
  }
  for (const auto& sink : sinks_) {
    stream_watch_.Add("sink", sink->name(), sink->stream());
  }
}

absl::Status Suite::Start() {
  PHOENIX_RETURN_IF_ERROR(OpenLog());
  BuildDoors();
  PHOENIX_RETURN_IF_ERROR(OpenSinks());
  PHOENIX_RETURN_IF_ERROR(queues_.Start());
  if (log_ != nullptr) {
    PHOENIX_RETURN_IF_ERROR(log_->Start());
    health_.SetReady(kLogHealthPart);
  }
  PHOENIX_RETURN_IF_ERROR(StartSources());
  TickLater();
  return absl::OkStatus();
}

absl::Status Suite::OpenSinks() {
  for (const auto& sink : sinks_) {
    const absl::Status status = sink->Open();
    if (!status.ok()) {
      health_.SetFailed(SinkHealthPart(sink->name()),
                        FromAbsl(status.message()));
      return Prefixed("sink", sink->name(), status);
    }
    health_.SetReady(SinkHealthPart(sink->name()));
  }
  return absl::OkStatus();
}

absl::Status Suite::StartSources() {
  for (const auto& unit : sources_) {
    unit->source.PublishMetrics(registry_);
    // So that a rate is right from the first refusal on.
    for (const char* reason : unit->source.refusal_reasons()) {
      unit->door->CountRejected(0, reason);
    }
    const absl::Status status = unit->source.Start(*unit->door);
    if (!status.ok()) {
      health_.SetFailed(SourceHealthPart(unit->name),
                        FromAbsl(status.message()));
      return Prefixed("source", unit->name, status);
    }
    unit->started = true;
    health_.SetReady(SourceHealthPart(unit->name));
  }
  return absl::OkStatus();
}

bool Suite::Finished() const {
  return log_budget_.used_bytes() == 0 && budget_.used_bytes() == 0 &&
         waiting_events() == 0 && queued_events() == 0 &&
         (log_ == nullptr || log_->has_read_all()) &&
         std::all_of(sources_.begin(), sources_.end(),
                     [](const auto& unit) { return unit->source.Finished(); });
}

void Suite::TickLater() {
  ticker_.RunAfter(kTickInterval, [this] {
    Tick(/*last=*/false);
    SourcesAreWell();
    LookAtLog();
    sinks_[pipeline_->dead_letter]->Refresh();
    Publish();
    TickLater();
  });
}

void Suite::Tick(bool last) {
  const std::vector<CompiledStep>& steps = pipeline_->steps;
  for (size_t i = 0; i < steps.size(); ++i) {
    for (EventBatchPtr& batch : steps[i].op->Tick(clock_.Now(), last)) {
      RunMade(std::move(batch), i + 1);
    }
  }
}

void Suite::RunMade(EventBatchPtr batch, size_t first_step) {
  const size_t bytes = batch->memory_bytes();
  const uint32_t events = batch->size();
  budget_.Take(bytes);
  made_events_ += events;
  pipeline_metrics_.Received(events, PayloadBytes(*batch), clock_.Now());
  BatchView view{std::move(batch), {}};
  SelectAll(events, view.rows);
  const absl::Status taken = lanes_[0]->RunMade(
      first_step, std::move(view), [this, bytes](const BatchOutcome& outcome) {
        CountSettled(outcome, pipeline_metrics_);
        made_events_ -= outcome.size();
        budget_.Give(bytes);
      });
  if (taken.ok()) return;
  pipeline_metrics_.Settled(Settlement::kRetry, events);
  made_events_ -= events;
  budget_.Give(bytes);
  Logger::Process().Warn("Events that a step made were lost.",
                         {{"events", events}, {"error", taken}});
}

void Suite::StopSources() {
  for (const auto& unit : sources_) {
    if (unit->started) unit->source.Stop();
    unit->started = false;
  }
}

bool Suite::Drain(absl::Duration timeout) {
  const absl::Time deadline = clock_.Now() + timeout;
  stopped_ = true;
  health_.SetDraining();
  for (const auto& unit : sources_) {
    if (unit->started) unit->source.StopAccepting();
    if (unit->door != nullptr) unit->door->Close();
  }
  ticker_.Stop();
  bool drained = WaitUntilSettled(timeout);
  Tick(/*last=*/true);
  drained = budget_.WaitUntilIdle(deadline - clock_.Now()) && drained;
  drained = queues_.Drain(deadline - clock_.Now()) && drained;
  queues_.Stop();

  const bool gave_back = !drained && GiveBack();
  stop_retries_.Stop();
  StopSources();
  const bool sources_ended_well = SourcesAreWell();
  return CloseAll() && sources_ended_well && !gave_back;
}

// First what the doors have taken, then, where there is one, the log. False
// when something has no outcome yet.
bool Suite::WaitUntilSettled(absl::Duration timeout) {
  if (log_ == nullptr) return budget_.WaitUntilIdle(timeout);
  const absl::Time deadline = clock_.Now() + timeout;
  const bool told = log_budget_.WaitUntilIdle(timeout);
  const bool empty = log_->Drain(deadline - clock_.Now());
  log_->Stop();
  return told && empty;
}

// Producers are still there to hear it. False when nothing came back, or all
// that did is in the log.
bool Suite::GiveBack() {
  const uint64_t before = pipeline_metrics_.settled_events(Settlement::kRetry);
  stop_retries_.Stop();
  const bool beyond_the_log =
      log_ == nullptr || log_budget_.used_bytes() > 0 || made_events_ > 0;
  for (const auto& sink : sinks_) sink->Cancel();
  const bool idle = budget_.WaitUntilIdle(kGiveBackTime) &&
                    log_budget_.WaitUntilIdle(kGiveBackTime);
  const bool came_back =
      !idle || pipeline_metrics_.settled_events(Settlement::kRetry) > before;
  return came_back && beyond_the_log;
}

// Whether no source has trouble; /readyz hears of it.
bool Suite::SourcesAreWell() {
  bool all = true;
  for (const auto& unit : sources_) {
    const absl::Status status = unit->source.Health();
    const std::string part = SourceHealthPart(unit->name);
    if (status.ok()) {
      if (unit->started) health_.SetReady(part);
    } else {
      health_.SetUnready(part, FromAbsl(status.message()));
      all = false;
    }
  }
  return all;
}

// A log that refuses takes nothing from the doors, and what it waits for keeps
// back all that is behind it; /readyz hears of both.
void Suite::LookAtLog() {
  if (log_ == nullptr) return;
  const std::string refuses = log_->Refuses();
  const std::string what =
      refuses.empty() ? log_->WaitsFor() : Cat("refuses events: ", refuses);
  if (what.empty()) {
    health_.SetReady(kLogHealthPart);
  } else {
    health_.SetUnready(kLogHealthPart, what);
  }
}

// Closes what is behind the sources, and says whether that went well.
bool Suite::CloseAll() {
  bool clean = true;
  for (const auto& lane : lanes_) lane->Stop();
  for (const auto& sink : sinks_) {
    const absl::Status status = sink->Close();
    if (status.ok()) continue;
    Logger::Process().Error(
        "Sink did not close cleanly.",
        {{"component.name", sink->name()}, {"error", status}});
    clean = false;
  }
  clean = queues_.Close() && clean;
  Publish();
  if (log_ == nullptr) return clean;
  const absl::Status status = log_->Close();
  if (status.ok()) return clean;
  Logger::Process().Error("The log did not close cleanly.",
                          {{"error", status}});
  return false;
}

void Suite::Publish() {
  stream_watch_.Publish();
  queues_.Publish();
  if (log_ != nullptr) {
    log_->SettleLost();
    log_metrics_.Publish(log_->Numbers());
  }
  // A look at what moves sees some events twice and others not at all. What is
  // really lost is still so at the next look.
  const uint64_t before = CountMoves(pipeline_metrics_);
  const int64_t unaccounted = UnaccountedEvents();
  if (CountMoves(pipeline_metrics_) != before) return;
  if (unaccounted == 0 || unaccounted == last_unaccounted_) {
    pipeline_metrics_.SetUnaccounted(unaccounted);
  }
  last_unaccounted_ = unaccounted;
}

std::vector<const ComponentMetrics*> Suite::source_metrics() const {
  std::vector<const ComponentMetrics*> metrics;
  for (const auto& unit : sources_) metrics.push_back(&unit->metrics);
  return metrics;
}

std::vector<const ComponentMetrics*> Suite::step_metrics() const {
  std::vector<const ComponentMetrics*> metrics;
  for (const auto& step : step_metrics_.steps()) metrics.push_back(step.get());
  return metrics;
}

uint64_t Suite::waiting_events() const {
  return log_ == nullptr ? 0 : log_->waiting_events();
}

int64_t Suite::UnaccountedEvents() const {
  uint64_t found = made_events_ + waiting_events();
  for (const auto& unit : sources_) {
    if (unit->door != nullptr) found += unit->door->pending_events();
  }
  return static_cast<int64_t>(CountArrivals(pipeline_metrics_)) -
         static_cast<int64_t>(CountSettled(pipeline_metrics_) + found) +
         queues_.UnaccountedEvents();
}

std::string Suite::FailingSink() const {
  for (size_t i = 0; i < sinks_.size(); ++i) {
    const std::string failure = sink_monitors_[i]->Failure();
    if (!failure.empty()) {
      return Cat("sink '", sinks_[i]->name(), "' ", failure);
    }
  }
  return "";
}

size_t Suite::FullestSink() const {
  size_t fullest = 0;
  for (size_t i = 1; i < sinks_.size(); ++i) {
    if (queues_.fill_ratio(i) > queues_.fill_ratio(fullest)) fullest = i;
  }
  return fullest;
}

std::string Suite::NameOfFullestSink() const {
  return Cat("sink '", sinks_[FullestSink()]->name(), "'");
}

std::string Suite::SlowestPart() {
  std::string failing = FailingSink();
  if (!failing.empty()) return failing;
  const double fullest = queues_.fill_ratio(FullestSink());
  if (fullest > kBusyQueueRatio) {
    return absl::StrFormat("%s (queue %.0f %%)", NameOfFullestSink(),
                           fullest * 100);
  }
  std::string on_disk = queues_.LongestOnDisk();
  return on_disk.empty() ? busy_watch_.Busiest() : on_disk;
}

std::vector<std::string> Suite::Report() const {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& name,
                       const std::vector<std::string>& said) {
    for (const std::string& line : said) {
      lines.push_back(Cat(name, ": ", line));
    }
  };
  for (const auto& unit : sources_) {
    const absl::Status status = unit->source.Health();
    if (!status.ok()) add(unit->name, {std::string(status.message())});
  }
  if (log_ != nullptr) {
    add("log", LossesOf(log_->losses(), StorageOf(*pipeline_)));
  }
  for (const CompiledStep& step : pipeline_->steps) {
    add(step.name, step.op->Report());
  }
  for (const auto& sink : sinks_) add(sink->name(), sink->Report());
  for (std::string& line : queues_.Report()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace phoenix
