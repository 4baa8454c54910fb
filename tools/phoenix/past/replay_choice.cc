#include "tools/phoenix/past/replay_choice.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "libs/base/text.h"
#include "libs/rules/frame.h"

namespace phoenix {

absl::StatusOr<std::shared_ptr<ReplayChoice>> ReplayChoice::Create(
    const LogRange& range, std::string_view where) {
  std::shared_ptr<ReplayChoice> choice(new ReplayChoice(range));
  if (where.empty()) return choice;
  RuleSetBuilder builder;
  std::vector<RuleError> errors;
  const RuleId condition = builder.AddCondition(where, errors);
  if (!errors.empty()) {
    return absl::InvalidArgumentError(
        Cat("column ", errors[0].offset + 1, ": ", errors[0].message));
  }
  choice->rules_ = *builder.Build();
  choice->where_ = condition;
  return choice;
}

void ReplayChoice::Apply(const EventBatchPtr& batch, int64_t first_offset,
                         Selection& rows, Selection& left_out) {
  const Selection before = rows;
  std::erase_if(rows, [&](uint32_t row) {
    const int64_t offset = first_offset + row;
    return offset < range_.from_offset || offset >= range_.to_offset;
  });
  if (where_.has_value() && !rows.empty()) {
    Frame frame(rules_);
    frame.Reset(batch);
    Selection others;
    RowErrors errors;
    frame.Test(*where_, rows, rows, others, errors);
    without_value_ += errors.size();
    if (!errors.empty()) {
      MutexLock lock(mutex_);
      first_error_.Update(errors[0].status);
    }
  }
  left_out_ += before.size() - rows.size();
  std::set_difference(before.begin(), before.end(), rows.begin(), rows.end(),
                      std::back_inserter(left_out));
}

void ReplayChoiceStep::Process(StepRun& run) {
  choice_->Apply(run.batch(), run.batch()->identity().first_offset, run.rows(),
                 run.filtered());
}

}  // namespace phoenix
