#ifndef TOOLS_PHOENIX_TESTING_SMALL_PIPELINE_H_
#define TOOLS_PHOENIX_TESTING_SMALL_PIPELINE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/operator.h"
#include "libs/component/source.h"
#include "libs/component/testing/fake_sink.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/pipeline/compiled_pipeline.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// A source that offers what the test tells it to.
class HandSource : public Source {
 public:
  absl::Status Start(Outlet& outlet) override {
    outlet_ = &outlet;
    return start_status;
  }
  void StopAccepting() override { accepting = false; }
  void Stop() override { stopped = true; }
  bool Finished() const override { return finished; }
  absl::Status Health() const override {
    return sick ? absl::DataLossError("position can't be saved")
                : absl::OkStatus();
  }

  absl::Status Offer(const std::vector<std::string>& payloads,
                     SettleCallback settle) {
    return outlet_->Offer(JsonBatch(payloads), /*lane=*/0, std::move(settle));
  }

  void Refuse(uint64_t events, const char* reason) {
    outlet_->CountRejected(events, reason);
  }

  absl::Status start_status;
  bool accepting = true;
  bool stopped = false;
  std::atomic<bool> finished = false;
  std::atomic<bool> sick = false;

 private:
  Outlet* outlet_ = nullptr;
};

// ObedientOperator that says farewell: makes an event on its last tick.
class FarewellOperator : public ObedientOperator {
 public:
  std::vector<EventBatchPtr> Tick(absl::Time, bool last) override {
    if (!last) return {};
    return {JsonBatch({"\"farewell\""})};
  }
  std::vector<std::string> Report() const override { return {"was obeyed"}; }
};

// `door` -> `obey` -> `out`, with dead letters in `dead`, on one lane. The
// components belong to the pipeline, and live as long as whoever runs it.
struct SmallPipeline {
  SmallPipeline() {
    pipeline->name = "small";
    pipeline->revision = "r1";
    pipeline->rules = *RuleSetBuilder().Build();
    pipeline->limits.lane_count = 1;

    auto owned_source = std::make_unique<HandSource>();
    source = owned_source.get();
    pipeline->sources.push_back({.name = "door",
                                 .kind = "hand",
                                 .position = {},
                                 .source = std::move(owned_source)});
    CompiledStep step;
    step.name = "obey";
    step.kind = "obedient";
    step.op = std::make_unique<FarewellOperator>();
    pipeline->steps.push_back(std::move(step));
    out = AddSink("out");
    dead = AddSink("dead");
    pipeline->dead_letter = 1;
    pipeline->routes.push_back(
        {.name = "all", .position = {}, .when = {}, .sinks = {0}});
  }

  std::unique_ptr<CompiledPipeline> pipeline =
      std::make_unique<CompiledPipeline>();
  HandSource* source;
  FakeSink* out;
  FakeSink* dead;

 private:
  FakeSink* AddSink(const std::string& name) {
    auto sink = std::make_unique<FakeSink>();
    FakeSink* borrowed = sink.get();
    pipeline->sinks.push_back({.name = name,
                               .kind = "fake",
                               .position = {},
                               .sink = std::move(sink)});
    return borrowed;
  }
};

// The payloads that a sink was given, in order.
inline std::vector<std::string> PayloadsAt(const FakeSink& sink) {
  std::vector<std::string> payloads;
  for (const BatchView& view : sink.writes) {
    for (uint32_t row : view.rows) {
      payloads.emplace_back(view.batch->payload(row));
    }
  }
  return payloads;
}

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TESTING_SMALL_PIPELINE_H_
