#ifndef TOOLS_PHOENIX_DLQ_LETTER_WATCH_H_
#define TOOLS_PHOENIX_DLQ_LETTER_WATCH_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/flow/lane.h"
#include "libs/telemetry/metrics.h"
#include "tools/phoenix/dlq/letter_topic.h"
#include "tools/phoenix/dlq/waiting_letters.h"

namespace phoenix {

// Publishes how many dead letters of a running pipeline wait in its topic, as
// phoenix_dead_letter_waiting_events: all that wait there, so that each of
// several processes that share the topic says the same. There is no such gauge
// until they are known, and where they can't be; it is not a number once there
// are more than are counted. While Kafka does not answer it says what was known
// last.
//
// Asks on a thread of its own, for it waits for brokers and at first reads the
// whole topic. Thread-compatible.
class LetterWatch {
 public:
  // How long the gauge lags behind, beside what reading takes.
  static constexpr absl::Duration kInterval = absl::Seconds(15);

  struct Options {
    LetterTopic topic;
    std::string pipeline;
    std::string sink;  // That writes there, by its name.
  };

  // Begins at once. Registry and clock outlive this.
  LetterWatch(Options options, MetricsRegistry& registry, Clock& clock);

  // Waits for a question that is open: some seconds at most, less what passes
  // between Cancel and this.
  ~LetterWatch();

  // Asks no more.
  void Cancel() { letters_.Cancel(); }

 private:
  void Look();
  void Publish(double waiting);
  void Tell(const absl::Status& error);

  const Options options_;
  MetricsRegistry& registry_;
  WaitingLetters letters_;
  std::optional<Gauge> gauge_;  // Once it is known.
  absl::StatusCode told_ = absl::StatusCode::kOk;
  flow::Lane lane_;  // Last: it uses the rest.
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_WATCH_H_
