#ifndef TOOLS_PHOENIX_DLQ_LETTER_SCAN_H_
#define TOOLS_PHOENIX_DLQ_LETTER_SCAN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "tools/phoenix/dlq/letter_condition.h"
#include "tools/phoenix/dlq/letter_store.h"

namespace phoenix {

// Which dead letters a command is about.
struct LetterChoice {
  std::string id;  // A number, or the id of a letter or an event; empty: all.
  std::string where;  // A condition; empty: all.
};

// INVALID_ARGUMENT, with the place, when `choice.where` is no condition.
absl::Status CheckCondition(const LetterChoice& choice);

// Reads the chosen letters of a pipeline, in the order of their numbers, page
// by page: letters that come, go or fail again meanwhile do not disturb it.
// Thread-compatible.
class LetterScan {
 public:
  // INVALID_ARGUMENT when `choice.where` is no condition. `store` outlives the
  // scan.
  static absl::StatusOr<std::unique_ptr<LetterScan>> Create(
      LetterStore& store, const std::string& pipeline,
      const LetterChoice& choice);

  // The next letters; none: that was all. NOT_FOUND when a letter was chosen by
  // its id and is not there.
  absl::StatusOr<std::vector<StoredDeadLetter>> Next();

  // Letters that were left out because the condition could not tell.
  uint64_t without_value() const {
    return condition_ == nullptr ? 0 : condition_->without_value();
  }

 private:
  LetterScan(LetterStore& store, std::string pipeline, std::string id)
      : store_(store), pipeline_(std::move(pipeline)), id_(std::move(id)) {}

  absl::StatusOr<std::vector<StoredDeadLetter>> ReadPage();
  absl::StatusOr<std::vector<StoredDeadLetter>> FindOne();

  LetterStore& store_;
  const std::string pipeline_;
  const std::string id_;
  std::unique_ptr<LetterCondition> condition_;  // Null: all.
  int64_t after_ = 0;
  bool ended_ = false;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_SCAN_H_
