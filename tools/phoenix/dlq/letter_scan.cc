#include "tools/phoenix/dlq/letter_scan.h"

#include <optional>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

absl::Status CheckCondition(const LetterChoice& choice) {
  if (choice.where.empty()) return absl::OkStatus();
  const absl::Status status = LetterCondition::Create(choice.where).status();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      Cat("--where: ", FromAbsl(status.message())));
}

absl::StatusOr<std::unique_ptr<LetterScan>> LetterScan::Create(
    LetterStore& store, const std::string& pipeline,
    const LetterChoice& choice) {
  std::unique_ptr<LetterScan> scan(new LetterScan(store, pipeline, choice.id));
  if (!choice.where.empty()) {
    PHOENIX_ASSIGN_OR_RETURN(scan->condition_,
                             LetterCondition::Create(choice.where));
  }
  return scan;
}

absl::StatusOr<std::vector<StoredDeadLetter>> LetterScan::Next() {
  while (!ended_) {
    PHOENIX_ASSIGN_OR_RETURN(auto letters,
                             id_.empty() ? ReadPage() : FindOne());
    if (condition_ != nullptr) {
      PHOENIX_RETURN_IF_ERROR(condition_->Apply(letters));
    }
    if (!letters.empty()) return letters;
  }
  return std::vector<StoredDeadLetter>();
}

absl::StatusOr<std::vector<StoredDeadLetter>> LetterScan::ReadPage() {
  PHOENIX_ASSIGN_OR_RETURN(auto page, store_.ReadPage(pipeline_, after_));
  if (page.empty()) {
    ended_ = true;
  } else {
    after_ = page.back().number;
  }
  return page;
}

absl::StatusOr<std::vector<StoredDeadLetter>> LetterScan::FindOne() {
  ended_ = true;
  PHOENIX_ASSIGN_OR_RETURN(auto found, store_.Find(pipeline_, id_));
  if (!found.has_value()) {
    return absl::NotFoundError(Cat("no dead letter '", id_,
                                   "': expected a number or an id that "
                                   "`phoenix dlq ls` shows"));
  }
  std::vector<StoredDeadLetter> one;
  one.push_back(*std::move(found));
  return one;
}

}  // namespace phoenix
