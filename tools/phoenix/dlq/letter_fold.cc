#include "tools/phoenix/dlq/letter_fold.h"

#include <algorithm>

#include "libs/base/byte_size.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

absl::Status LetterFold::Find(const std::string& id, Letter*& letter) {
  const auto found = letters_.find(id);
  if (found != letters_.end()) {
    letter = &found->second;
    return absl::OkStatus();
  }
  bytes_ += id.size() + kEntryBytes;
  if (bytes_ > max_bytes_) {
    return absl::ResourceExhaustedError(
        Cat("there are more dead letters than fit: their ids take more than ",
            FormatByteSize(static_cast<int64_t>(max_bytes_)),
            ": let the topic keep less, by its `retention.ms` or "
            "`retention.bytes`"));
  }
  letter = &letters_[id];
  return absl::OkStatus();
}

absl::Status LetterFold::AddFailure(const StoredDeadLetter& stored) {
  const DeadLetter& failure = stored.letter;
  Letter* letter = nullptr;
  PHOENIX_RETURN_IF_ERROR(Find(failure.id, letter));
  if (failure.time <= letter->ended) return absl::OkStatus();
  // Written again because nobody knew that it had been written.
  const bool is_copy = failure.time == letter->last_failed;
  if (!is_copy) letter->attempts += failure.attempts;
  letter->first_failed = std::min(letter->first_failed, failure.time);
  if (letter->component.empty()) letter->component = failure.component;
  if (letter->component != failure.component) {
    letter->several_components = true;
  }
  if (failure.time >= letter->last_failed) {
    letter->last_failed = failure.time;
    letter->number = stored.number;
  }
  return absl::OkStatus();
}

absl::Status LetterFold::AddEnd(const std::string& id, absl::Time time) {
  Letter* letter = nullptr;
  PHOENIX_RETURN_IF_ERROR(Find(id, letter));
  const absl::Time ended = std::max(letter->ended, time);
  if (letter->last_failed <= ended) *letter = Letter();
  letter->ended = ended;
  return absl::OkStatus();
}

bool LetterFold::Complete(StoredDeadLetter& stored) const {
  const auto found = letters_.find(stored.letter.id);
  if (found == letters_.end()) return false;
  const Letter& letter = found->second;
  if (letter.attempts == 0 || letter.number != stored.number) return false;
  stored.first_failed = letter.first_failed;
  stored.letter.attempts = letter.attempts;
  stored.component_count = letter.several_components ? 2 : 1;
  return true;
}

}  // namespace phoenix
