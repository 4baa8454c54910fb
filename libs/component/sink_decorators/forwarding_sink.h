#ifndef LIBS_COMPONENT_SINK_DECORATORS_FORWARDING_SINK_H_
#define LIBS_COMPONENT_SINK_DECORATORS_FORWARDING_SINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/component/sink.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix {

// A sink around a sink that does nothing by itself: a decorator overrides what
// it changes. Threads as Sink.
class ForwardingSink : public Sink {
 public:
  absl::Status Open() override { return sink_->Open(); }
  void Write(BatchView view, SettleCallback settle) override {
    sink_->Write(std::move(view), std::move(settle));
  }
  void Flush() override { sink_->Flush(); }
  absl::Status Close() override { return sink_->Close(); }
  void PublishMetrics(MetricsRegistry& registry) override {
    sink_->PublishMetrics(registry);
  }
  void Cancel() override { sink_->Cancel(); }

  DeliveryGuarantee guarantee() const override { return sink_->guarantee(); }
  absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& log) override {
    return sink_->RecordedEnd(log);
  }
  bool keeps_order() const override { return sink_->keeps_order(); }
  bool takes_only_dead_letters() const override {
    return sink_->takes_only_dead_letters();
  }
  size_t max_memory_bytes() const override { return sink_->max_memory_bytes(); }
  std::vector<std::string> Report() const override { return sink_->Report(); }

 protected:
  explicit ForwardingSink(std::unique_ptr<Sink> sink)
      : sink_(std::move(sink)) {}

  // The one within: it is destroyed after all that the decorator has.
  Sink& sink() { return *sink_; }
  const Sink& sink() const { return *sink_; }

 private:
  const std::unique_ptr<Sink> sink_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_SINK_DECORATORS_FORWARDING_SINK_H_
