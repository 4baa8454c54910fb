#ifndef LIBS_COMPONENT_TESTING_OPERATOR_HARNESS_H_
#define LIBS_COMPONENT_TESTING_OPERATOR_HARNESS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/component/operator.h"
#include "libs/component/registry.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "libs/rules/frame.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// What became of the rows of a batch in a step.
struct StepResult {
  EventBatchPtr batch;  // After the step.
  Selection passed;
  Selection filtered;
  RowErrors failed;

  // The payloads of the rows that passed.
  std::vector<std::string> payloads() const;
  std::vector<uint32_t> failed_rows() const;
};

// An operator as a pipeline has it: built by its factory from a config, with
// rules of its own. Thread-safe as the operator is, but for what says
// otherwise.
class OperatorHarness {
 public:
  // `register_kind` registers one kind, `config` is protobuf text. What the
  // factory reports is in `errors()`.
  OperatorHarness(const std::function<void(OperatorRegistry&)>& register_kind,
                  const std::string& config);

  // Null when the config is wrong.
  Operator* get() const { return operator_.get(); }
  const std::vector<std::string>& errors() const { return report_.errors; }

  // Sends rows of a batch through the operator.
  StepResult Process(EventBatchPtr batch, Selection rows) const;
  // All rows of a batch with these payloads.
  StepResult Process(const std::vector<std::string>& payloads) const;

  // Not thread-safe.
  FakeClock& clock() { return clock_; }

 private:
  FakeClock clock_;
  FakeConfigReport report_;
  std::unique_ptr<Operator> operator_;
  std::shared_ptr<const RuleSet> rules_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_OPERATOR_HARNESS_H_
