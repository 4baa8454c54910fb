#ifndef TOOLS_PHOENIX_STREAM_WATCH_H_
#define TOOLS_PHOENIX_STREAM_WATCH_H_

#include <memory>
#include <string>
#include <vector>

#include "libs/flow/sender.h"
#include "libs/telemetry/metrics.h"
#include "libs/telemetry/stream_metrics.h"

namespace phoenix {

// Publishes what the senders of the suite's streams know, as of the last look:
// senders count for themselves, so that a batch costs nothing here.
// Thread-compatible.
class StreamWatch {
 public:
  // `registry` outlives the watch.
  explicit StreamWatch(MetricsRegistry& registry) : registry_(registry) {}

  // Publishes zeros until the first look. The peer is the stream's other side:
  // see StreamMetrics.
  void Add(const std::string& peer_service, const std::string& peer_name,
           std::shared_ptr<const flow::Sender> sender);

  // Looks at all of them.
  void Publish();

 private:
  struct Watched {
    std::shared_ptr<const flow::Sender> sender;
    StreamMetrics metrics;
  };

  MetricsRegistry& registry_;
  std::vector<Watched> watched_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_STREAM_WATCH_H_
