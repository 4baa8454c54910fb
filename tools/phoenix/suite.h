#ifndef TOOLS_PHOENIX_SUITE_H_
#define TOOLS_PHOENIX_SUITE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/component/sink_decorators/sink_monitor.h"
#include "libs/component/sink_decorators/stop_signal.h"
#include "libs/engine/dead_letter_sender.h"
#include "libs/engine/route_table.h"
#include "libs/engine/sink_port.h"
#include "libs/engine/step_chain.h"
#include "libs/flow/lane.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/telemetry/buffer_metrics.h"
#include "libs/telemetry/component_metrics.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/log_metrics.h"
#include "libs/telemetry/metrics.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "services/ingestor/door.h"
#include "services/ingestor/in_flight_budget.h"
#include "services/ingestor/intake.h"
#include "services/ingestor/log_stage.h"
#include "services/sink/sink_worker.h"
#include "tools/phoenix/busy_watch.h"
#include "tools/phoenix/open_log.h"
#include "tools/phoenix/processing_lane.h"
#include "tools/phoenix/route_metrics.h"
#include "tools/phoenix/sink_queues.h"
#include "tools/phoenix/step_metrics.h"
#include "tools/phoenix/stream_watch.h"

namespace phoenix {

// The whole suite in one process: ingestor, processor, router and sinks of one
// pipeline, joined by in-process streams. A batch goes
//
//   source -> Door -> lane: Processor, Router -> SinkQueues -> SinkWorker ->
//   sink
//
// and its outcomes go back the same way. Where there is a log, it stands behind
// the doors, and the outcomes go back to it; where a sink's queue goes on on
// disk, those of its sink end there. Used by one thread.
class Suite {
 public:
  // The registries and the clock outlive the suite. `open_log` is called when
  // it starts; null: there is no log.
  Suite(std::unique_ptr<CompiledPipeline> pipeline, MetricsRegistry& metrics,
        HealthRegistry& health, Clock& clock, LogOpener open_log = nullptr);

  // As Drain with no time, when it was not drained.
  ~Suite();

  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  // Opens the log and the sinks, begins to hand on what the log holds, and
  // opens the doors. On an error nothing stays open; it names the component.
  absl::Status Start();

  // True when every source has come to its end and nothing is in flight.
  bool Finished() const;

  // Closes the doors, waits until everything has its outcome, lets operators
  // publish their last, flushes and closes the sinks. False when `timeout`
  // passed first and something in flight was given back to its producers as
  // "retry", or a source or a sink did not end cleanly. What the log has is
  // safe there: it is no reason for false. Once.
  bool Drain(absl::Duration timeout);

  // The part of the pipeline that holds the rest up, in words: a sink that
  // fails, else the fullest sink queue when one is more than half full, else
  // the busiest component since the last call.
  std::string SlowestPart();

  const CompiledPipeline& pipeline() const { return *pipeline_; }
  const PipelineMetrics& metrics() const { return pipeline_metrics_; }

  // Of each source and step, in the order of the file.
  std::vector<const ComponentMetrics*> source_metrics() const;
  std::vector<const ComponentMetrics*> step_metrics() const;

  // Events that are in the log without an outcome; 0 without a log.
  uint64_t waiting_events() const;

  // The same of the sinks' queues on disk.
  uint64_t queued_events() const { return queues_.waiting_events(); }

  // Events that came in and are found nowhere: 0 when nothing moves, or there
  // is a bug. Those on their way are counted where they are, not by the books.
  int64_t UnaccountedEvents() const;

  // What the components have to say at the end, "name: line".
  std::vector<std::string> Report() const;

 private:
  struct SourceUnit;

  void BuildSinks();
  void BuildQueues();
  void BuildLanes();
  void BuildSources();
  absl::Status OpenLog();
  std::optional<BatchIdentity> LogEndNow() const;
  void BuildDoors();
  absl::Status OpenSinks();
  absl::Status StartSources();
  void StopSources();
  bool WaitUntilSettled(absl::Duration timeout);
  bool GiveBack();
  bool CloseAll();
  bool SourcesAreWell();
  void LookAtLog();
  void WatchStreams();
  void Publish();
  void TickLater();
  void Tick(bool last);
  void RunMade(EventBatchPtr batch, size_t first_step);
  std::string FailingSink() const;
  size_t FullestSink() const;
  std::string NameOfFullestSink() const;

  const std::unique_ptr<CompiledPipeline> pipeline_;
  MetricsRegistry& registry_;
  HealthRegistry& health_;
  Clock& clock_;
  PipelineMetrics pipeline_metrics_;
  InFlightBudget budget_;  // Of events on their way to the sinks.

  // With a log: of events on their way into it, which are not among the others.
  InFlightBudget log_budget_{PipelineLog::kMaxQueuedBytes};
  StepMetrics step_metrics_;
  StepChain steps_;
  RouteMetrics route_metrics_;
  RouteTable routes_;
  StopSignal stop_retries_;
  std::vector<std::unique_ptr<BufferMetrics>> queue_metrics_;
  std::vector<std::unique_ptr<ComponentMetrics>> sink_metrics_;
  std::vector<std::unique_ptr<SinkMonitor>> sink_monitors_;
  std::vector<std::unique_ptr<SinkWorker>> sinks_;
  SinkQueues queues_;
  std::vector<SinkPort*> ports_;  // By sink.
  std::unique_ptr<DeadLetterSender> dead_letters_;
  std::vector<std::unique_ptr<ProcessingLane>> lanes_;
  std::vector<std::unique_ptr<SourceUnit>> sources_;
  const LogOpener open_log_;
  std::unique_ptr<LogStage> log_;
  std::unique_ptr<LaneIntake> lane_intake_;  // Without a log.
  LogMetrics log_metrics_;
  std::atomic<uint64_t> made_events_ = 0;  // By steps, and in flight.
  int64_t last_unaccounted_ = 0;           // At the last look.
  flow::Lane ticker_;
  BusyWatch busy_watch_;
  StreamWatch stream_watch_;
  bool stopped_ = false;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_SUITE_H_
