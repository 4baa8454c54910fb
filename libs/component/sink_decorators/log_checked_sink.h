#ifndef LIBS_COMPONENT_SINK_DECORATORS_LOG_CHECKED_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_LOG_CHECKED_SINK_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "libs/component/sink.h"
#include "libs/component/sink_decorators/forwarding_sink.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// Where the next event of the pipeline's log will stand; nullopt when there is
// no log, or when nobody knows.
using LogEnd = std::function<std::optional<BatchIdentity>()>;

// Lets nothing reach a sink that has events on record which the pipeline's log
// has yet to give an offset: then the log's folder is older than what the sink
// has written, as a copy that was put back is, and new events would be taken
// for known. Open fails then. When the sink can't tell yet, because what it
// writes to does not answer, it is asked again before the first write, and rows
// settle as kRetry until it has told. Threads as Sink.
class LogCheckedSink : public ForwardingSink {
 public:
  // `log_end` is asked by Open, once; it may be null.
  LogCheckedSink(std::unique_ptr<Sink> sink, std::string name, LogEnd log_end)
      : ForwardingSink(std::move(sink)),
        name_(std::move(name)),
        log_end_(std::move(log_end)) {}

  absl::Status Open() override;
  void Write(BatchView view, SettleCallback settle) override;

 private:
  absl::Status Check();

  const std::string name_;
  const LogEnd log_end_;
  std::optional<BatchIdentity> end_;  // Until it was compared.
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_LOG_CHECKED_SINK_H_
