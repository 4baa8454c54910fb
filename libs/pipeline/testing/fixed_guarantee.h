#ifndef LIBS_PIPELINE_TESTING_FIXED_GUARANTEE_H_
#define LIBS_PIPELINE_TESTING_FIXED_GUARANTEE_H_

#include <memory>
#include <string>

#include "libs/pipeline/compiled_pipeline.h"

namespace phoenix {

// A sink that only says how sure it is, and takes nothing.
class FixedGuaranteeSink : public Sink {
 public:
  explicit FixedGuaranteeSink(DeliveryGuarantee guarantee)
      : guarantee_(guarantee) {}
  absl::Status Open() override { return absl::OkStatus(); }
  void Write(BatchView, SettleCallback) override {}
  void Flush() override {}
  absl::Status Close() override { return absl::OkStatus(); }
  DeliveryGuarantee guarantee() const override { return guarantee_; }

 private:
  const DeliveryGuarantee guarantee_;
};

// A step that only says whether it makes events.
class FixedStepOperator : public Operator {
 public:
  explicit FixedStepOperator(bool makes_events) : makes_events_(makes_events) {}
  void Process(StepRun&) override {}
  bool makes_events() const override { return makes_events_; }

 private:
  const bool makes_events_;
};

// A sink of the kind `test`, at line 9 and column 3.
inline CompiledSink FixedSink(std::string name, DeliveryGuarantee guarantee) {
  CompiledSink sink;
  sink.name = std::move(name);
  sink.kind = "test";
  sink.position = {9, 3};
  sink.sink = std::make_unique<FixedGuaranteeSink>(guarantee);
  return sink;
}

// A step of the kind `test`, at line 7 and column 5.
inline CompiledStep FixedStep(std::string name, bool makes_events) {
  CompiledStep step;
  step.name = std::move(name);
  step.kind = "test";
  step.position = {7, 5};
  step.op = std::make_unique<FixedStepOperator>(makes_events);
  return step;
}

}  // namespace phoenix

#endif  // LIBS_PIPELINE_TESTING_FIXED_GUARANTEE_H_
