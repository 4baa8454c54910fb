#ifndef SERVICES_INGESTOR_INTAKE_H_
#define SERVICES_INGESTOR_INTAKE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/component/ack_level.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/flow/sender.h"
#include "libs/log/log.h"

namespace phoenix {

// What takes the batches that the doors have admitted. Thread-safe.
class Intake {
 public:
  virtual ~Intake() = default;

  // What it means that a row has settled.
  virtual AckLevel ack_level() const = 0;

  // Whether what has settled as logged may be handed on by another instance,
  // and so is no longer in this one's books.
  virtual bool shared() const { return false; }

  // Takes a batch; `settle` is called once if the result is OK. Otherwise
  // nothing was taken: RESOURCE_EXHAUSTED (see WhenReady), or UNAVAILABLE when
  // nothing will be taken any more.
  virtual absl::Status Take(EventBatchPtr batch, uint64_t lane,
                            SettleCallback settle) = 0;

  // Calls `ready` once, on any thread, when Take is worth another try after
  // RESOURCE_EXHAUSTED; at once when it may be now.
  virtual void WhenReady(absl::AnyInvocable<void()> ready) = 0;
};

// Gives batches to the lanes: they settle when every row has its final outcome.
class LaneIntake : public Intake {
 public:
  // At least one; batches of equal `lane` go to the same. A row may settle when
  // it is in the queue of a sink: then `queues` is the weakest of those.
  explicit LaneIntake(std::vector<std::shared_ptr<flow::Sender>> lanes,
                      std::optional<Durability> queues = {})
      : lanes_(std::move(lanes)), queues_(queues) {}

  AckLevel ack_level() const override;
  absl::Status Take(EventBatchPtr batch, uint64_t lane,
                    SettleCallback settle) override;
  void WhenReady(absl::AnyInvocable<void()> ready) override { ready(); }

 private:
  const std::vector<std::shared_ptr<flow::Sender>> lanes_;
  const std::optional<Durability> queues_;
};

// Appends batches to the log: they settle, as kLogged, when they are as durable
// as the log promises. A LogDispatcher takes them from there.
class LogIntake : public Intake {
 public:
  // `log` outlives it, and lets an event go that is in the queue of a sink: of
  // those `queues` is the weakest.
  explicit LogIntake(Log& log, std::optional<Durability> queues = {})
      : log_(log), queues_(queues) {}

  AckLevel ack_level() const override;
  bool shared() const override { return log_.shared(); }
  absl::Status Take(EventBatchPtr batch, uint64_t lane,
                    SettleCallback settle) override;
  void WhenReady(absl::AnyInvocable<void()> ready) override {
    log_.WhenRoom(std::move(ready));
  }

  // How many events were appended and are durable.
  uint64_t logged_events() const { return logged_events_; }

 private:
  Log& log_;
  const std::optional<Durability> queues_;
  std::atomic<uint64_t> logged_events_ = 0;
};

}  // namespace phoenix

#endif  // SERVICES_INGESTOR_INTAKE_H_
