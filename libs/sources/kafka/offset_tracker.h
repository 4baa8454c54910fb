#ifndef LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_
#define LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/event/outcome.h"

namespace phoenix {

// How far into a partition every record has its final outcome. Records come in
// groups, those of one offer, which may lie among each other and settle in any
// order. Thread-safe.
class OffsetTracker {
 public:
  // All before `start` is final.
  explicit OffsetTracker(int64_t start) : end_(start) {}

  // Records that will be offered together, at least one, by their offsets;
  // returns the number of the group.
  uint64_t Add(std::vector<int64_t> offsets);

  // All records before `end` have been added.
  void SetEnd(int64_t end);

  // A group is about to be offered; and was not taken.
  void Begin();
  void Withdraw();

  // A group that was begun was settled: each row, in the order of the offsets,
  // finally or not.
  void Settle(uint64_t group, const BatchOutcome& outcome);

  // The offset to go on from: of the first record without final outcome.
  int64_t position() const;

  // Whether something that was settled is to be read again: the position will
  // never pass it.
  bool must_read_again() const;

  // Waits until every offer has settled; false when that takes longer.
  bool WaitUntilSettled(absl::Duration timeout);

 private:
  struct Group {
    int64_t first;                 // Of those that are not final.
    std::vector<int64_t> offsets;  // Of all; none once it is settled.
  };

  mutable Mutex mutex_;
  CondVar changed_;
  // Those that are not final as a whole.
  std::map<uint64_t, Group> groups_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t open_ ABSL_GUARDED_BY(mutex_) = 0;  // Offered, not settled.
  bool read_again_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_OFFSET_TRACKER_H_
