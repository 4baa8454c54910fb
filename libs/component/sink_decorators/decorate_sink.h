#ifndef LIBS_COMPONENT_SINK_DECORATORS_DECORATE_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_DECORATE_SINK_H_

#include <memory>

#include "libs/base/clock.h"
#include "libs/component/sink.h"
#include "libs/component/sink_decorators/log_checked_sink.h"
#include "libs/component/sink_decorators/retrying_sink.h"
#include "libs/component/sink_decorators/sink_monitor.h"
#include "libs/component/sink_decorators/stop_signal.h"
#include "libs/telemetry/component_metrics.h"

namespace phoenix {

// What the decorators of one sink share; all references outlive the sink.
struct SinkDecoration {
  RetryingSink::Options retry;  // Of it, `name` is the sink's.
  ComponentMetrics& metrics;
  SinkMonitor& monitor;
  Clock& clock;
  StopSignal& stop;  // Ends waits between attempts.
  LogEnd log_end = nullptr;
};

// The sink with everything around it that is the same for all sinks, from the
// outside in: Instrumented(Retrying(LogChecked(sink))). What is counted is what
// became of rows in the end; attempts in between are the monitor's to count.
std::unique_ptr<Sink> DecorateSink(std::unique_ptr<Sink> sink,
                                   const SinkDecoration& decoration);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_DECORATE_SINK_H_
