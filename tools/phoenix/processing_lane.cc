#include "tools/phoenix/processing_lane.h"

#include <utility>

namespace phoenix {
namespace {

// More batches than any budget lets in: bytes are what bounds a lane.
constexpr int64_t kMaxBatches = 1 << 20;

}  // namespace

ProcessingLane::ProcessingLane(std::string name, Environment environment)
    : router_(environment.routes, std::move(environment.sinks),
              environment.dead_letters),
      processor_(environment.steps, std::move(environment.rules),
                 environment.dead_letters, *this),
      lane_({.name = name}, environment.clock),
      receiver_(flow::Receiver::Create(
          {.name = name,
           .credit = {.bytes = environment.max_bytes, .count = kMaxBatches}},
          {processor_, lane_, name})),
      connector_(receiver_, lane_),
      sender_(flow::Sender::Create(
          {.sender = "doors",
           .receiver = name,
           .max_held = {.bytes = environment.max_bytes, .count = kMaxBatches}},
          {connector_, lane_, environment.clock, /*random_seed=*/1})) {}

ProcessingLane::~ProcessingLane() { Stop(); }

void ProcessingLane::Stop() {
  sender_->Close(absl::UnavailableError("the pipeline stops"));
  lane_.Drain();
}

absl::Status ProcessingLane::RunMade(size_t first_step, BatchView view,
                                     SettleCallback settle) {
  auto task = [this, first_step, view = std::move(view),
               settle = std::move(settle)]() mutable {
    processor_.HandleFrom(first_step, std::move(view), std::move(settle));
  };
  return lane_.Run(std::move(task));
}

void ProcessingLane::Take(Frame& frame, const Selection& rows,
                          const EventBatchPtr& input,
                          flow::OutcomeCollector& collector) {
  router_.Route(frame, rows, input, collector);
}

}  // namespace phoenix
