#ifndef TOOLS_PHOENIX_DLQ_LETTER_FOLD_H_
#define TOOLS_PHOENIX_DLQ_LETTER_FOLD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"

namespace phoenix {

// Makes letters of a stream that tells of each failure and of each end: what
// fails again is the same letter, with its attempts added up and its last
// error, as it is in a table. The order in which one letter's failures and ends
// come, from several partitions, does not matter. Thread-compatible.
class LetterFold {
 public:
  // What is remembered: ids, and kEntryBytes a letter.
  static constexpr size_t kMaxBytes = 256 << 20;
  static constexpr size_t kEntryBytes = 128;

  explicit LetterFold(size_t max_bytes = kMaxBytes) : max_bytes_(max_bytes) {}

  // A letter has failed; `stored.number` is that of this failure, ever greater
  // for later ones of a partition. RESOURCE_EXHAUSTED at the bound.
  absl::Status AddFailure(const StoredDeadLetter& stored);

  // The letter as it had failed at `time` is done with. Ends nothing that has
  // failed since. RESOURCE_EXHAUSTED at the bound.
  absl::Status AddEnd(const std::string& id, absl::Time time);

  // Whether the failure is the last of a letter that has not ended; then sets
  // what the letter's other failures add to it.
  bool Complete(StoredDeadLetter& stored) const;

 private:
  struct Letter {
    absl::Time first_failed = absl::InfiniteFuture();
    absl::Time last_failed = absl::InfinitePast();
    absl::Time ended = absl::InfinitePast();
    int64_t number = 0;  // Of the last failure.
    int64_t attempts = 0;
    std::string component = {};  // Of the first that was seen.
    bool several_components = false;
  };

  absl::Status Find(const std::string& id, Letter*& letter);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  std::map<std::string, Letter> letters_;  // By id.
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_FOLD_H_
