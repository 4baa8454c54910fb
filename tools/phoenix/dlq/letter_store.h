#ifndef TOOLS_PHOENIX_DLQ_LETTER_STORE_H_
#define TOOLS_PHOENIX_DLQ_LETTER_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"

namespace phoenix {

// Keeps other replays of some dead letters away as long as it lives.
// Thread-compatible.
class ReplayLock {
 public:
  virtual ~ReplayLock() = default;

  // To be asked every few seconds. ABORTED: others are not kept away any more.
  virtual absl::Status Check() { return absl::OkStatus(); }
};

// Where a pipeline's dead letters are kept, as the commands see it. Each has a
// number that stays its own. Thread-compatible.
class LetterStore {
 public:
  virtual ~LetterStore() = default;

  // The first letters of a pipeline with a number above `after`, by number;
  // none: that is all. As many as DeadLetterTable::kMaxPageLetters and
  // kMaxPageBytes allow.
  virtual absl::StatusOr<std::vector<StoredDeadLetter>> ReadPage(
      const std::string& pipeline, int64_t after) = 0;

  // The letter with that number, that id, or the last one of an event with that
  // id; none when there is none.
  virtual absl::StatusOr<std::optional<StoredDeadLetter>> Find(
      const std::string& pipeline, const std::string& name) = 0;

  // Removes letters, all or, on an error, perhaps some; those that have failed
  // again since they were read stay. How many are gone, as far as it is known.
  virtual absl::StatusOr<uint64_t> Remove(
      absl::Span<const StoredDeadLetter> letters) = 0;

  // Keeps other replays of these letters away: each would send all of them.
  // FAILED_PRECONDITION names the process that has one under way.
  virtual absl::StatusOr<std::unique_ptr<ReplayLock>> KeepReplaysAway() = 0;

  // Gives the room of what was removed back, as far as that is ours to do.
  virtual void Shrink() {}
};

enum class LetterAccess { kRead, kRemove };

// Opens the letters of a pipeline; see FindLetters. Null: no letter has come
// yet.
using LetterOpener =
    std::function<absl::StatusOr<std::unique_ptr<LetterStore>>(LetterAccess)>;

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_STORE_H_
