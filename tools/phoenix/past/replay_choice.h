#ifndef TOOLS_PHOENIX_PAST_REPLAY_CHOICE_H_
#define TOOLS_PHOENIX_PAST_REPLAY_CHOICE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/component/operator.h"
#include "libs/event/selection.h"
#include "libs/log/retained/retained_log.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Which events of a log are replayed: those at the offsets of a range for which
// a condition holds. Immutable but for what it counts; thread-safe.
class ReplayChoice {
 public:
  // An empty `where` chooses all. INVALID_ARGUMENT, with the column, when it is
  // no condition.
  static absl::StatusOr<std::shared_ptr<ReplayChoice>> Create(
      const LogRange& range, std::string_view where);

  // Keeps of `rows` those that are chosen; the others, in order, are added to
  // `left_out`. `first_offset` is that of row 0. A row for which the condition
  // has no value is left out, and counted.
  void Apply(const EventBatchPtr& batch, int64_t first_offset, Selection& rows,
             Selection& left_out);

  uint64_t left_out() const { return left_out_; }
  uint64_t without_value() const { return without_value_; }

  // Why the condition had no value where that was seen first; OK: nowhere.
  absl::Status first_error() const {
    MutexLock lock(mutex_);
    return first_error_;
  }

 private:
  explicit ReplayChoice(const LogRange& range) : range_(range) {}

  const LogRange range_;
  std::shared_ptr<const RuleSet> rules_;
  std::optional<RuleId> where_;
  std::atomic<uint64_t> left_out_ = 0;
  std::atomic<uint64_t> without_value_ = 0;  // Among those left out.
  mutable Mutex mutex_;
  absl::Status first_error_ ABSL_GUARDED_BY(mutex_);
};

// The choice as the first step of a pipeline, so that what is left out settles
// as filtered and all else keeps its place in its batch.
class ReplayChoiceStep : public Operator {
 public:
  explicit ReplayChoiceStep(std::shared_ptr<ReplayChoice> choice)
      : choice_(std::move(choice)) {}

  void Process(StepRun& run) override;

 private:
  const std::shared_ptr<ReplayChoice> choice_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_PAST_REPLAY_CHOICE_H_
