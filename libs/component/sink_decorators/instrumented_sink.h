#ifndef LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_

#include <memory>

#include "libs/base/clock.h"
#include "libs/component/sink.h"
#include "libs/component/sink_decorators/forwarding_sink.h"
#include "libs/telemetry/component_metrics.h"

namespace phoenix {

// Counts what a sink is given and what becomes of it: received with Write;
// sent, failed and discarded with the outcomes; the time that Write takes.
// Threads as Sink.
class InstrumentedSink : public ForwardingSink {
 public:
  // `metrics` and `clock` outlive the sink and what it has not settled.
  InstrumentedSink(std::unique_ptr<Sink> sink, ComponentMetrics& metrics,
                   Clock& clock);

  void Write(BatchView view, SettleCallback settle) override;

 private:
  ComponentMetrics& metrics_;
  Clock& clock_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_
