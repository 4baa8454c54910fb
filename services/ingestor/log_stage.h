#ifndef SERVICES_INGESTOR_LOG_STAGE_H_
#define SERVICES_INGESTOR_LOG_STAGE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/event/event_batch.h"
#include "libs/flow/lane.h"
#include "libs/flow/sender.h"
#include "libs/log/log.h"
#include "libs/telemetry/log_metrics.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "services/ingestor/in_flight_budget.h"
#include "services/ingestor/intake.h"
#include "services/ingestor/log_dispatcher.h"

namespace phoenix {

// The log of a pipeline, between its doors and its lanes: doors append, and a
// dispatcher for each partition that is this instance's to read hands on.
// Thread-safe but for Start and Close.
//
// The books of a log that is shared end there and begin anew: what the doors
// have appended has settled as "logged", what is read is "recovered", and what
// goes to another instance with its partition before it is final, "retry".
class LogStage : private PartitionListener {
 public:
  // What it works with; all of it outlives the stage.
  struct Environment {
    std::vector<std::shared_ptr<flow::Sender>> lanes;  // At least one.
    InFlightBudget& budget;  // Of events between the log and their outcome.
    PipelineMetrics& metrics;
    Clock& clock;
    std::optional<Durability> queues = {};  // See LogIntake.
  };

  LogStage(std::unique_ptr<Log> log, Environment environment);

  // Closes.
  ~LogStage() override;

  // Where doors append.
  Intake& intake() { return intake_; }

  // Begins to hand on what the log holds, from its cursors. Before any door
  // opens. Once.
  absl::Status Start();

  // Waits until everything in the log has its final outcome; of a shared log,
  // reads no more and waits for what was read. False when `timeout` has passed
  // first. The doors are closed.
  bool Drain(absl::Duration timeout);

  // Hands on nothing more; what has no outcome stays in the log.
  void Stop();

  // Makes the cursors durable and closes the log. The lanes have stopped.
  absl::Status Close();

  // How many events the log holds that are not final; of a shared log, that
  // were read here. Counted apart from the pipeline's books, where they are.
  uint64_t waiting_events() const;

  // Whether this instance has read all that it has appended, as far as it is
  // its to read.
  bool has_read_all() const;

  // As Log::next_identity.
  std::optional<BatchIdentity> next_identity() const {
    return log_->next_identity();
  }

  // As Log::WaitsFor.
  std::string WaitsFor() const { return log_->WaitsFor(); }

  // As Log::Refuses.
  std::string Refuses() const { return log_->Refuses(); }

  // Puts what the log has lost until now into the pipeline's books: to be
  // called now and then. Close does it too.
  void SettleLost();

  // For the metrics of the log, as of the last SettleLost.
  LogNumbers Numbers() const;

  // What did not come through the log: dropped in this run, before it was
  // final; deleted by who keeps the storage; and found damaged, ever, as far as
  // its events are known.
  struct Losses {
    uint64_t dropped_events = 0;
    uint64_t expired_records = 0;
    uint64_t corrupt_records = 0;
    uint64_t corrupt_events = 0;
  };
  Losses losses() const;

 private:
  using Dispatchers = std::map<int32_t, std::shared_ptr<LogDispatcher>>;

  absl::Status OnAssigned(int32_t partition) override;
  void OnRevoked(const std::vector<int32_t>& partitions,
                 absl::Duration patience) override;
  std::shared_ptr<LogDispatcher> NewDispatcher(int32_t partition);
  Dispatchers dispatchers() const;

  const std::unique_ptr<Log> log_;
  const Environment environment_;
  LogIntake intake_;
  flow::Lane reading_;  // Log readers may wait for a disk.

  mutable Mutex mutex_;
  Dispatchers dispatchers_ ABSL_GUARDED_BY(mutex_);  // By partition.
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_LOG_STAGE_H_
