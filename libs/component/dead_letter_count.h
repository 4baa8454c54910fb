#ifndef LIBS_COMPONENT_DEAD_LETTER_COUNT_H_
#define LIBS_COMPONENT_DEAD_LETTER_COUNT_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace phoenix {

// Counts the dead letters that wait, told of each failure and of each end by a
// reader of a topic. The order in which one letter's failures and ends come,
// from several partitions, does not matter. A letter is known by a digest of 64
// bits of its id, so that a million fit: that two of them are taken for one
// happens once in about 40 million times. Thread-compatible.
class DeadLetterCount {
 public:
  // What a hash table of 2^20 places takes before it grows.
  static constexpr size_t kMaxLetters = 7 << 17;

  // With that many: 41 bytes a place, and half of that once more as it grows.
  static constexpr size_t kMaxBytes = (41 << 20) / 2 * 3;

  // Where a record is.
  struct Place {
    int32_t partition = 0;
    int64_t offset = 0;
  };

  explicit DeadLetterCount(size_t max_letters = kMaxLetters)
      : max_letters_(max_letters) {}

  // A letter has failed.
  void AddFailure(std::string_view id, absl::Time time, Place place);

  // The letter as it had failed at `time` is done with. Ends nothing that has
  // failed since.
  void AddEnd(std::string_view id, absl::Time time, Place place);

  // The topic has deleted what stood before that place of its partition: the
  // letters whose last failure that was do not wait any more.
  void Forget(Place end);

  // Letters whose last failure has not ended. Meaningless after an overflow.
  uint64_t waiting() const { return waiting_; }

  // Whether there were more letters than fit, without those that have ended:
  // these go when there is no room. Then all are forgotten, and nothing counts
  // any more.
  bool overflowed() const { return overflowed_; }

 private:
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

  // Times are in nanoseconds since 1970.
  struct Letter {
    int64_t failed = kNever;  // Last; not, where that has ended.
    int64_t ended = kNever;
    int64_t offset = 0;  // Of the record that told of it last.
    int32_t partition = 0;
  };

  // Null: there is no room.
  Letter* Find(std::string_view id);
  void MakeRoom();

  size_t max_letters_;
  absl::flat_hash_map<uint64_t, Letter> letters_;
  uint64_t waiting_ = 0;
  bool overflowed_ = false;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_DEAD_LETTER_COUNT_H_
