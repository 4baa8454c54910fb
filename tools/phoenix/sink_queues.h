#ifndef TOOLS_PHOENIX_SINK_QUEUES_H_
#define TOOLS_PHOENIX_SINK_QUEUES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/engine/dead_letters.h"
#include "libs/engine/sink_port.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/telemetry/health.h"
#include "libs/telemetry/metrics.h"
#include "services/sink/sink_worker.h"

namespace phoenix {

// What a report says of records of a log that are damaged, as far as is known
// with so many events.
std::string QuarantineText(uint64_t records, uint64_t events);

// The queues before the sinks of a suite, each as its sink's `queue` says: in
// memory alone, or going on on disk; and what becomes of events when it is
// full. Used by one thread; the ports by any.
class SinkQueues {
 public:
  // All outlive the queues.
  SinkQueues(const CompiledPipeline& pipeline, MetricsRegistry& metrics,
             HealthRegistry& health, Clock& clock);
  ~SinkQueues();

  // The way to the sink with this index through its queue. `dead_letters` gets
  // what the sink can never take once it is the queue's; null: this is the
  // dead-letter sink. It and the worker outlive the queues. Once for each sink.
  SinkPort& Add(size_t index, SinkWorker& worker, DeadLetters* dead_letters);

  // Opens what is on disk, and begins to hand it on; the sinks are open. An
  // error names the sink.
  absl::Status Start();

  // Waits until nothing is on disk without an outcome; false when `timeout`
  // has passed first. Nothing is offered any more.
  bool Drain(absl::Duration timeout);

  // Hands nothing more on; what is on disk stays there.
  void Stop();

  // Closes what is on disk; the workers are closed. False, and logged, when
  // something did not close cleanly.
  bool Close();

  // Events on disk without an outcome.
  uint64_t waiting_events() const;

  // Events that came into a queue on disk and are found nowhere: see
  // SpillQueue::Stats.
  int64_t UnaccountedEvents() const;

  // How full the queue is in the end, 0 to 1: on disk where it goes on there.
  double fill_ratio(size_t index) const;

  // The sink whose events have waited on disk for longest, with how many they
  // are, in words; empty when none wait.
  std::string LongestOnDisk() const;

  // To metrics and health.
  void Publish();

  // Where something was on disk, or turned away, "name: line".
  std::vector<std::string> Report() const;

 private:
  struct Queue;

  absl::Status StartOne(size_t index);

  const CompiledPipeline& pipeline_;
  MetricsRegistry& metrics_;
  HealthRegistry& health_;
  Clock& clock_;
  std::vector<std::unique_ptr<Queue>> queues_;  // By the sinks' indexes.
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_SINK_QUEUES_H_
