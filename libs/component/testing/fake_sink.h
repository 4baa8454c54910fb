#ifndef LIBS_COMPONENT_TESTING_FAKE_SINK_H_
#define LIBS_COMPONENT_TESTING_FAKE_SINK_H_

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libs/component/sink.h"

namespace phoenix {

// A sink that keeps what it is given and answers as it is told. Threads as
// Sink.
class FakeSink : public Sink {
 public:
  // Of one write: what to say of each row. OK is kDelivered.
  struct Answer {
    Outcome outcome = Outcome::kDelivered;
    absl::Status why;
    // Rows for which it holds; the others are delivered.
    std::function<bool(uint32_t row)> applies = [](uint32_t) { return true; };
  };

  // Answers of the next writes, in order; when there is none: kDelivered.
  std::deque<Answer> answers;

  // Settle from Flush or Close only.
  bool hold = false;

  std::vector<BatchView> writes;
  int flushes = 0;
  bool open = false;
  std::atomic<bool> cancelled = false;

  absl::Status Open() override {
    open = true;
    return absl::OkStatus();
  }

  void Write(BatchView view, SettleCallback settle) override {
    Answer answer;
    if (!answers.empty()) {
      answer = answers.front();
      answers.pop_front();
    }
    writes.push_back(view);
    held_.push_back({std::move(view), std::move(answer), std::move(settle)});
    if (!hold) SettleHeld();
  }

  void Flush() override {
    ++flushes;
    SettleHeld();
  }

  absl::Status Close() override {
    Flush();
    open = false;
    return absl::OkStatus();
  }

  void Cancel() override { cancelled = true; }

  std::vector<std::string> Report() const override { return {"fake"}; }

 private:
  struct Held {
    BatchView view;
    Answer answer;
    SettleCallback settle;
  };

  void SettleHeld() {
    for (Held& held : std::exchange(held_, {})) {
      BatchOutcome outcome(held.view.batch->size());
      for (uint32_t row : held.view.rows) {
        if (held.answer.applies(row)) {
          outcome.Merge(row, held.answer.outcome);
          if (!held.answer.why.ok()) {
            outcome.AddDetail({row, "fake", held.answer.why});
          }
        } else {
          outcome.Merge(row, Outcome::kDelivered);
        }
      }
      held.settle(outcome);
    }
  }

  std::vector<Held> held_;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_TESTING_FAKE_SINK_H_
