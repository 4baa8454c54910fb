#ifndef LIBS_FLOW_SIMULATION_PRODUCER_H_
#define LIBS_FLOW_SIMULATION_PRODUCER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "libs/base/backoff.h"
#include "libs/flow/sender.h"
#include "libs/flow/simulation/world.h"

namespace phoenix::flow::simulation {

// Offers numbered events, sends again what is to be retried, and reports what
// it hears. It never dies: a dead producer is owed nothing.
class Producer : public std::enable_shared_from_this<Producer> {
 public:
  // `world` must outlive the producer.
  Producer(World& world, const std::string& address);

  ~Producer();

  // Offers `batches` batches over the next seconds.
  void Start(int batches);

  // Everything has been offered.
  bool done() const { return batches_left_ == 0 && waiting_.empty(); }

  void Check() const;

 private:
  void MakeBatch();
  void Enqueue(BatchView view);
  void OfferWaiting();
  void OnSettled(const BatchView& view, int64_t attempt,
                 const BatchOutcome& outcome);
  void RetryLater(BatchView view);

  World& world_;
  const Quota held_quota_;
  std::unique_ptr<Connector> connector_;
  std::shared_ptr<Sender> sender_;
  Backoff backoff_;
  int batches_left_ = 0;
  int64_t next_event_ = 1;
  int64_t last_attempt_ = 0;
  bool over_ = false;
  bool telling_ = false;  // WhenReady is outstanding.
  std::deque<BatchView> waiting_;
};

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_PRODUCER_H_
