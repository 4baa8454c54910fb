#include "libs/component/sink_decorators/decorate_sink.h"

#include <utility>

#include "libs/component/sink_decorators/instrumented_sink.h"

namespace phoenix {

std::unique_ptr<Sink> DecorateSink(std::unique_ptr<Sink> sink,
                                   const SinkDecoration& decoration) {
  sink = std::make_unique<LogCheckedSink>(
      std::move(sink), decoration.retry.name, decoration.log_end);
  sink = std::make_unique<RetryingSink>(
      std::move(sink), decoration.retry, decoration.monitor, decoration.clock,
      [&stop = decoration.stop](absl::Duration delay) {
        return stop.WaitFor(delay);
      });
  return std::make_unique<InstrumentedSink>(std::move(sink), decoration.metrics,
                                            decoration.clock);
}

}  // namespace phoenix
