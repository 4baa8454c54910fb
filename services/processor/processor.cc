#include "services/processor/processor.h"

#include <utility>
#include <vector>

namespace phoenix {

Processor::Processor(const StepChain& steps,
                     std::shared_ptr<const RuleSet> rules,
                     DeadLetters& dead_letters, StepsOutput& output)
    : steps_(steps),
      dead_letters_(dead_letters),
      output_(output),
      frame_(std::move(rules)) {}

void Processor::Handle(BatchView view, SettleCallback settle) {
  HandleFrom(0, std::move(view), std::move(settle));
}

void Processor::HandleFrom(size_t first_step, BatchView view,
                           SettleCallback settle) {
  auto collector = flow::OutcomeCollector::Create(view, std::move(settle));
  const EventBatchPtr input = std::move(view.batch);
  frame_.Reset(input);
  result_.rows = std::move(view.rows);
  steps_.Run(frame_, first_step, result_);
  SettleDropped(*collector);
  SettleDead(input, *collector);
  if (!result_.rows.empty()) {
    output_.Take(frame_, result_.rows, input, *collector);
  }
  collector->Seal();
}

void Processor::SettleDropped(flow::OutcomeCollector& collector) {
  for (const Selection& rows : result_.filtered) {
    if (!rows.empty()) collector.Settle(rows, Outcome::kFiltered);
  }
  for (StepFailure& failure : result_.dropped) {
    collector.Settle(Outcome::kDropped, {failure.row, steps_.name(failure.step),
                                         std::move(failure.status)});
  }
}

void Processor::SettleDead(const EventBatchPtr& input,
                           flow::OutcomeCollector& collector) {
  if (result_.dead.empty()) return;
  std::vector<DeadLetterRow> rows;
  rows.reserve(result_.dead.size());
  for (StepFailure& failure : result_.dead) {
    rows.push_back({.row = failure.row,
                    .component = steps_.name(failure.step),
                    .position = steps_.position(failure.step),
                    .status = std::move(failure.status)});
  }
  dead_letters_.Post(input, std::move(rows), collector.AddPart());
}

}  // namespace phoenix
