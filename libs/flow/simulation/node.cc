#include "libs/flow/simulation/node.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace phoenix::flow::simulation {
namespace {

constexpr absl::Duration kMaxDowntime = absl::Milliseconds(800);
constexpr absl::Duration kMaxStall = absl::Milliseconds(500);

// So that connections are drained in the course of a run.
constexpr absl::Duration kMaxConnectionAge = absl::Seconds(1);
constexpr absl::Duration kDrainGrace = absl::Milliseconds(200);

}  // namespace

Node::Node(World& world, std::string name, Birth birth)
    : world_(world), name_(std::move(name)), birth_(std::move(birth)) {
  Live();
}

void Node::Live() {
  ++life_;
  behaviour_ = birth_(life_);
  const std::string instance_id = absl::StrCat(name_, "/", life_);
  receiver_ = Receiver::Create({.name = name_,
                                .credit = kStageCredit,
                                .max_connection_age = kMaxConnectionAge,
                                .drain_grace = kDrainGrace},
                               {*behaviour_, world_.scheduler, instance_id});
  world_.network.Listen(name_, receiver_);
  world_.trace.Add(instance_id, " lives");
}

void Node::Die() {
  world_.network.Crash(name_);
  world_.network.Listen(name_, nullptr);
  receiver_ = nullptr;
  behaviour_ = nullptr;
}

void Node::Crash() {
  if (receiver_ == nullptr) return;
  world_.trace.Add(name_, "/", life_, " dies");
  Die();
  world_.scheduler.RunAfter(world_.scheduler.RandomDelay(kMaxDowntime),
                            [this] { Live(); });
}

void Node::Stall() {
  if (receiver_ == nullptr) return;
  world_.trace.Add(name_, " stalls");
  receiver_->SetCredit({.quota = {}, .limited_by = name_});
  world_.scheduler.RunAfter(world_.scheduler.RandomDelay(kMaxStall),
                            [weak = std::weak_ptr(receiver_)] {
                              if (auto receiver = weak.lock()) {
                                receiver->SetCredit({.quota = kStageCredit});
                              }
                            });
}

void Node::Check() const {
  if (receiver_ == nullptr) return;
  const Receiver::Stats stats = receiver_->stats();
  const auto streams = static_cast<int64_t>(stats.streams);
  world_.ledger.CheckBound(name_, stats.unanswered,
                           {.bytes = kStageCredit.bytes * streams,
                            .count = kStageCredit.count * streams});
  behaviour_->Check(world_.ledger);
}

}  // namespace phoenix::flow::simulation
