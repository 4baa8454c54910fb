#include "libs/component/dead_letter_count.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "libs/base/text.h"

namespace phoenix {

DeadLetterCount::Letter* DeadLetterCount::Find(std::string_view id) {
  if (overflowed_) return nullptr;
  const uint64_t digest = absl::HashOf(ToAbsl(id));
  const auto found = letters_.find(digest);
  if (found != letters_.end()) return &found->second;
  if (letters_.size() >= max_letters_) MakeRoom();
  return overflowed_ ? nullptr : &letters_[digest];
}

// So much at once that it is not done again for each letter.
void DeadLetterCount::MakeRoom() {
  absl::erase_if(letters_, [](const auto& entry) {
    return entry.second.failed == kNever;
  });
  if (letters_.size() <= max_letters_ - max_letters_ / 8) return;
  overflowed_ = true;
  letters_ = {};
}

void DeadLetterCount::AddFailure(std::string_view id, absl::Time time,
                                 Place place) {
  Letter* const letter = Find(id);
  const int64_t failed = absl::ToUnixNanos(time);
  if (letter == nullptr || failed <= letter->ended || failed < letter->failed) {
    return;
  }
  if (letter->failed == kNever) ++waiting_;
  letter->failed = failed;
  letter->partition = place.partition;
  letter->offset = place.offset;
}

void DeadLetterCount::AddEnd(std::string_view id, absl::Time time,
                             Place place) {
  Letter* const letter = Find(id);
  if (letter == nullptr) return;
  letter->ended = std::max(letter->ended, absl::ToUnixNanos(time));
  if (letter->failed > letter->ended) return;
  if (letter->failed != kNever) --waiting_;
  letter->failed = kNever;
  letter->partition = place.partition;
  letter->offset = place.offset;
}

void DeadLetterCount::Forget(Place end) {
  absl::erase_if(letters_, [&](const auto& entry) {
    const Letter& letter = entry.second;
    if (letter.partition != end.partition || letter.offset >= end.offset) {
      return false;
    }
    if (letter.failed != kNever) --waiting_;
    return true;
  });
}

}  // namespace phoenix
