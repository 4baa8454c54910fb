#ifndef SERVICES_INGESTOR_DOOR_H_
#define SERVICES_INGESTOR_DOOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/component/config_report.h"
#include "libs/component/dead_letter.h"
#include "libs/component/source.h"
#include "libs/engine/dead_letters.h"
#include "libs/telemetry/component_metrics.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "services/ingestor/in_flight_budget.h"
#include "services/ingestor/intake.h"

namespace phoenix {

// Where one source's batches enter the pipeline: admits them within the
// budget, gives them to the intake, counts them, and tells the source what
// became of them. What the source could not read goes past it to the
// dead-letter sink. Thread-safe.
class Door : public Outlet {
 public:
  // What the door works with; all of it outlives the door and every batch that
  // came through it.
  struct Environment {
    Intake& intake;
    InFlightBudget& budget;
    PipelineMetrics& pipeline_metrics;
    ComponentMetrics& metrics;
    DeadLetters& dead_letters;
    std::string source;         // Its name in the pipeline file,
    SourcePosition position;    // and where that is.
    std::string revision = {};  // Of the pipeline: marks every batch.
    Clock& clock;
    // Names whom a refused producer waits for: the fullest sink.
    std::function<std::string()> slowest_part;
  };

  explicit Door(Environment environment);

  absl::Status Offer(EventBatchPtr batch, uint64_t lane,
                     SettleCallback settle) override;
  absl::Status OfferUnreadable(UnreadableInput input,
                               SettleCallback settle) override;
  void WhenReady(absl::AnyInvocable<void()> ready) override;
  void CountRejected(uint64_t events, const char* reason) override;
  AckLevel ack_level() const override {
    return environment_.intake.ack_level();
  }

  // How many events were taken whose source has not been told about them.
  uint64_t pending_events() const { return pending_events_; }

  // Refuses everything from now on with UNAVAILABLE.
  void Close() { closed_ = true; }

 private:
  struct Arrival;

  EventBatchPtr Stamped(EventBatchPtr batch) const;
  absl::Status Admit(size_t bytes) const;
  absl::Status Refuse(std::string_view why, absl::Duration delay) const;
  void CountReceived(Arrival& arrival);
  SettleCallback CountAndTell(std::shared_ptr<Arrival> arrival,
                              SettleCallback settle);
  std::vector<DeadLetterRow> Letters(UnreadableInput& input) const;
  void Count(const BatchOutcome& outcome, int64_t began) const;

  const Environment environment_;
  std::atomic<bool> closed_ = false;
  std::atomic<uint64_t> pending_events_ = 0;
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_DOOR_H_
