#ifndef LIBS_SINKS_FILE_OFFSET_WINDOW_H_
#define LIBS_SINKS_FILE_OFFSET_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "libs/component/offset_set.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

// The events of logs that a sink has taken and not yet put on record. After a
// crash one event may come twice within a moment, from a queue and from the
// pipeline's log, and the record knows of neither. Thread-compatible.
class OffsetWindow {
 public:
  // Pages of offsets, over all partitions, from which on the window is to be
  // emptied: some 0.6 MB, and 4 million events of one partition.
  static constexpr size_t kMaxPages = 1'024;

  // What a batch may add beyond that.
  static constexpr size_t kMaxMemoryBytes =
      (kMaxPages + EventBatch::kMaxEvents / OffsetSet::kPageOffsets + 1) *
      OffsetSet::kPageBytes;

  // Whether it has any row of the view. Rows without identity it never has.
  bool HasAnyOf(const BatchView& view) const;

  void Add(const BatchView& view);
  void Clear();

  bool full() const { return pages_ >= kMaxPages; }

 private:
  using Partition = std::pair<std::string, int32_t>;  // Log, partition.

  std::map<Partition, OffsetSet> offsets_;
  size_t pages_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_OFFSET_WINDOW_H_
