#ifndef LIBS_COMPONENT_TESTING_OUTCOME_RECORDER_H_
#define LIBS_COMPONENT_TESTING_OUTCOME_RECORDER_H_

#include <memory>
#include <string>
#include <vector>

#include "libs/event/outcome.h"

namespace phoenix {

// Keeps what a SettleCallback is called with; the callback may outlive it.
// Thread-compatible.
class OutcomeRecorder {
 public:
  SettleCallback Callback() {
    return [calls = calls_](const BatchOutcome& outcome) {
      calls->push_back(outcome);
    };
  }

  // How often the callback was called: a test wants 1 in the end.
  size_t calls() const { return calls_->size(); }
  const BatchOutcome& outcome() const { return calls_->front(); }

  // The names of the outcomes of all rows.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    if (calls_->empty()) return names;
    for (uint32_t row = 0; row < outcome().size(); ++row) {
      names.emplace_back(OutcomeName(outcome().at(row)));
    }
    return names;
  }

 private:
  std::shared_ptr<std::vector<BatchOutcome>> calls_ =
      std::make_shared<std::vector<BatchOutcome>>();
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_OUTCOME_RECORDER_H_
