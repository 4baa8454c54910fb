#include "libs/engine/reject_to_dead_letters.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace phoenix {
namespace {

absl::Status WhyRejected(const BatchOutcome& outcome, uint32_t row) {
  for (const OutcomeDetail& detail : outcome.details()) {
    if (detail.row == row) return detail.status;
  }
  return absl::InternalError("the sink rejected the event and gave no reason");
}

class SinkAnswer {
 public:
  SinkAnswer(SinkPlace sink, EventBatchPtr input, DeadLetters& dead_letters,
             SettleCallback settle)
      : sink_(std::move(sink)),
        input_(std::move(input)),
        dead_letters_(dead_letters),
        settle_(std::move(settle)) {}

  void operator()(const BatchOutcome& outcome) {
    std::vector<DeadLetterRow> dead;
    BatchOutcome rest(outcome.size());
    for (uint32_t row = 0; row < outcome.size(); ++row) {
      if (outcome.at(row) != Outcome::kRejected) {
        rest.Merge(row, outcome.at(row));
        continue;
      }
      dead.push_back({.row = row,
                      .component = sink_.name,
                      .position = sink_.position,
                      .status = WhyRejected(outcome, row)});
    }
    if (dead.empty()) {
      settle_(outcome);
      return;
    }
    dead_letters_.Post(std::move(input_), std::move(dead),
                       [rest = std::move(rest), settle = std::move(settle_)](
                           const BatchOutcome& posted) mutable {
                         rest.Merge(posted);
                         settle(rest);
                       });
  }

 private:
  SinkPlace sink_;
  EventBatchPtr input_;
  DeadLetters& dead_letters_;
  SettleCallback settle_;
};

}  // namespace

SettleCallback RejectToDeadLetters(SinkPlace sink, EventBatchPtr input,
                                   DeadLetters& dead_letters,
                                   SettleCallback settle) {
  return SinkAnswer(std::move(sink), std::move(input), dead_letters,
                    std::move(settle));
}

}  // namespace phoenix
