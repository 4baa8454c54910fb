#ifndef TOOLS_PHOENIX_DLQ_LETTER_CONDITION_H_
#define TOOLS_PHOENIX_DLQ_LETTER_CONDITION_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/cel/program.h"
#include "libs/cel/source.h"
#include "libs/rules/row_evaluator.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"

namespace phoenix {

// A condition on dead letters, in CEL. Of the event that failed it sees what
// rules see: its attributes, `ext` and `data`; and of the failure
//
//   error.code, error.message, component, revision     texts
//   attempts, line, number                             ints
//   first_failed, last_failed                          timestamps
//
// Thread-compatible.
class LetterCondition {
 public:
  // INVALID_ARGUMENT, with the place, when it is no condition.
  static absl::StatusOr<std::unique_ptr<LetterCondition>> Create(
      std::string_view text);

  // Keeps the letters for which the condition holds. Those for which it has no
  // value (a field is missing) are left out, and counted. INVALID_ARGUMENT,
  // with the place, when its value for one of them is no bool: only the payload
  // tells what `data.x` is.
  absl::Status Apply(std::vector<StoredDeadLetter>& letters);

  uint64_t without_value() const { return without_value_; }

 private:
  LetterCondition(std::unique_ptr<const cel::Program> program,
                  cel::SourcePosition position)
      : program_(std::move(program)), position_(position) {}

  absl::StatusOr<bool> Holds(const StoredDeadLetter& letter, uint32_t row);

  const std::unique_ptr<const cel::Program> program_;
  const cel::SourcePosition position_;  // Of what gives its value.
  RowEvaluator evaluator_;
  uint64_t without_value_ = 0;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_CONDITION_H_
