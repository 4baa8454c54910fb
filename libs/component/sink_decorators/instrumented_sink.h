#ifndef LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_

#include <memory>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/sink.h"
#include "libs/telemetry/component_metrics.h"

namespace phoenix {

// Counts what a sink is given and what becomes of it: received with Write;
// sent, failed and discarded with the outcomes; the time that Write takes.
// Threads as Sink.
class InstrumentedSink : public Sink {
 public:
  // `metrics` and `clock` outlive the sink and what it has not settled.
  InstrumentedSink(std::unique_ptr<Sink> sink, ComponentMetrics& metrics,
                   Clock& clock);

  absl::Status Open() override { return sink_->Open(); }
  void Write(BatchView view, SettleCallback settle) override;
  void Flush() override { sink_->Flush(); }
  absl::Status Close() override { return sink_->Close(); }
  void Cancel() override { sink_->Cancel(); }

  DeliveryGuarantee guarantee() const override { return sink_->guarantee(); }
  bool keeps_order() const override { return sink_->keeps_order(); }
  size_t max_memory_bytes() const override { return sink_->max_memory_bytes(); }
  std::vector<std::string> Report() const override { return sink_->Report(); }

 private:
  const std::unique_ptr<Sink> sink_;
  ComponentMetrics& metrics_;
  Clock& clock_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_INSTRUMENTED_SINK_H_
