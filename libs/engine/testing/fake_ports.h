#ifndef LIBS_ENGINE_TESTING_FAKE_PORTS_H_
#define LIBS_ENGINE_TESTING_FAKE_PORTS_H_

#include <string>
#include <utility>
#include <vector>

#include "libs/engine/dead_letters.h"
#include "libs/engine/sink_port.h"

namespace phoenix {

// A way to a sink that keeps what it gets until the test settles it.
class FakeSinkPort : public SinkPort {
 public:
  explicit FakeSinkPort(std::string name) : name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  void Offer(BatchView view, SettleCallback settle) override {
    views.push_back(std::move(view));
    settles.push_back(std::move(settle));
  }
  void OfferLater(BatchView view, SettleCallback settle) override {
    Offer(std::move(view), std::move(settle));
  }

  // Settles the rows of the i-th view alike.
  void Settle(size_t i, Outcome outcome) {
    BatchOutcome said(views[i].batch->size());
    said.Merge(views[i].rows, outcome);
    settles[i](said);
  }

  std::vector<BatchView> views;
  std::vector<SettleCallback> settles;

 private:
  const std::string name_;
};

// Takes dead letters at once, and remembers them.
class FakeDeadLetters : public DeadLetters {
 public:
  void Post(EventBatchPtr input, std::vector<DeadLetterRow> rows,
            SettleCallback settle) override {
    BatchOutcome outcome(input->size());
    for (const DeadLetterRow& row : rows) {
      outcome.Merge(row.row, Outcome::kDeadLettered);
    }
    inputs.push_back(std::move(input));
    for (DeadLetterRow& row : rows) posted.push_back(std::move(row));
    settle(outcome);
  }

  std::vector<EventBatchPtr> inputs;
  std::vector<DeadLetterRow> posted;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_TESTING_FAKE_PORTS_H_
