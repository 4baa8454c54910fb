#include "libs/flow/simulation/simulation.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "libs/flow/simulation/event_numbers.h"
#include "libs/flow/simulation/ledger.h"
#include "libs/flow/simulation/network.h"
#include "libs/flow/simulation/node.h"
#include "libs/flow/simulation/producer.h"
#include "libs/flow/simulation/relay.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/flow/simulation/sink.h"
#include "libs/flow/simulation/trace.h"
#include "libs/flow/simulation/world.h"

namespace phoenix::flow::simulation {
namespace {

constexpr int kBatches = 80;
constexpr absl::Duration kFaultTime = absl::Seconds(3);
constexpr absl::Duration kMaxFaultPause = absl::Milliseconds(300);

// Reconnects, retries and drains of a chain of four settle well within.
constexpr absl::Duration kDeadline = absl::Seconds(60);
constexpr int64_t kMaxSteps = 200'000;

// A repeated outcome would still be on its way when the last one is heard.
constexpr absl::Duration kAfterglow = absl::Seconds(2);

Outcome IngestorRule(World&, int64_t event) {
  return IsFiltered(event) ? Outcome::kFiltered : Outcome::kPending;
}

Outcome ProcessorRule(World& world, int64_t event) {
  if (!IsDeadLettered(event)) return Outcome::kPending;
  world.ledger.DeadLettered(event);
  return Outcome::kDeadLettered;
}

// One run: the world, its nodes, and the faults that befall them.
class Run {
 public:
  explicit Run(const SimulationOptions& options)
      : scheduler_(options.seed),
        trace_(scheduler_, options.trace),
        ledger_(trace_),
        network_(scheduler_, trace_, options.bug),
        world_{scheduler_, network_, ledger_, trace_, options.bug},
        sink_(world_, "sink",
              [this](int64_t) { return std::make_shared<Sink>(world_); }),
        processor_(world_, "processor",
                   [this](int64_t life) {
                     return std::make_shared<Relay>(world_, "processor", "sink",
                                                    ProcessorRule, life);
                   }),
        ingestor_(world_, "ingestor",
                  [this](int64_t life) {
                    auto relay = std::make_shared<Relay>(
                        world_, "ingestor", "processor", IngestorRule, life);
                    relay->ReportBatches();
                    return relay;
                  }),
        producer_(std::make_shared<Producer>(world_, "ingestor")) {}

  SimulationResult Go() {
    producer_->Start(kBatches);
    ScheduleFault();
    StepUntil(kDeadline, [this] { return Settled(); });
    if (!Settled()) {
      ledger_.Violation(absl::StrCat("liveness: ", ledger_.open(),
                                     " events have no outcome at the end"));
    }
    StepUntil(scheduler_.elapsed() + kAfterglow, [] { return false; });
    return {.violations = ledger_.violations(),
            .trace = trace_.lines(),
            .elapsed = scheduler_.elapsed(),
            .steps = steps_};
  }

 private:
  bool Settled() const {
    return scheduler_.elapsed() > kFaultTime && producer_->done() &&
           ledger_.open() == 0;
  }

  template <typename Condition>
  void StepUntil(absl::Duration deadline, const Condition& done) {
    while (scheduler_.elapsed() < deadline && steps_ < kMaxSteps && !done() &&
           scheduler_.Step()) {
      ++steps_;
      CheckBounds();
    }
  }

  void CheckBounds() {
    producer_->Check();
    ingestor_.Check();
    processor_.Check();
    sink_.Check();
  }

  void ScheduleFault() {
    scheduler_.RunAfter(scheduler_.RandomDelay(kMaxFaultPause), [this] {
      if (scheduler_.elapsed() > kFaultTime) {
        trace_.Add("faults stop");
        network_.Calm();
        return;
      }
      Fault();
      ScheduleFault();
    });
  }

  void Fault() {
    Node* const nodes[] = {&ingestor_, &processor_, &sink_};
    Node& node = *nodes[scheduler_.random().Below(3)];
    switch (scheduler_.random().Below(4)) {
      case 0:
        return node.Crash();
      case 1:
        return node.Stall();
      default:
        return network_.CutOne();
    }
  }

  Scheduler scheduler_;
  Trace trace_;
  Ledger ledger_;
  Network network_;
  World world_;
  Node sink_, processor_, ingestor_;
  std::shared_ptr<Producer> producer_;
  int64_t steps_ = 0;
};

}  // namespace

SimulationResult RunSimulation(const SimulationOptions& options) {
  return Run(options).Go();
}

}  // namespace phoenix::flow::simulation
