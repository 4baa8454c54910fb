#ifndef LIBS_LOG_RETAINED_RETAINED_LOG_H_
#define LIBS_LOG_RETAINED_RETAINED_LOG_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/log.h"

namespace phoenix {

// A stretch of a log: what is in all of its bounds. An entry is in it as soon
// as one of its events is: who wants single events looks at their offsets.
struct LogRange {
  static constexpr int32_t kAllPartitions = -1;

  int32_t partition = kAllPartitions;
  int64_t from_offset = 0;
  int64_t to_offset = std::numeric_limits<int64_t>::max();  // Not in it.

  // When it was appended.
  absl::Time from_time = absl::InfinitePast();
  absl::Time to_time = absl::InfiniteFuture();  // Not in it.

  // Whether it says where in a partition it begins or ends.
  bool has_offsets() const {
    return from_offset > 0 || to_offset < std::numeric_limits<int64_t>::max();
  }
};

// Reads a range in order; see LogReader. WhenMore never calls: the range ends
// where the log ended when it was opened. Thread-compatible.
class RetainedReader : public LogReader {
 public:
  // Stretches that could not be read and were passed over: damaged ones, and
  // what was deleted in the meantime.
  virtual uint64_t unreadable_stretches() const = 0;
};

// What a log holds, its past included, as it was when this was opened. Reads
// only, and so works beside the processes that write, which notice nothing.
// Immutable; thread-safe but for what Read says.
class RetainedLog {
 public:
  // Of the first event that is there, and one past the last: equal when there
  // is none.
  struct Extent {
    int64_t first_offset = 0;
    int64_t end_offset = 0;
  };

  virtual ~RetainedLog() = default;

  // Its folder or topic.
  virtual const std::string& location() const = 0;

  // The same for people: "log folder 'wal'".
  virtual std::string name() const = 0;

  virtual int32_t partition_count() const = 0;

  // Of a partition below partition_count().
  virtual Extent extent(int32_t partition) const = 0;

  // Reads one partition: the range names it unless the log has only one. The
  // log outlives the reader, and a partition has one reader at a time.
  virtual std::unique_ptr<RetainedReader> Read(const LogRange& range) const = 0;

  // The offset from which on a partition holds its last `events` events, or as
  // few more as can be told.
  virtual absl::StatusOr<int64_t> FindLast(int32_t partition,
                                           int64_t events) const = 0;

  // Keeps every process from opening the log as long as the result lives.
  // FAILED_PRECONDITION, naming the process that has it open. Null for a log
  // that processes share: nobody is kept away.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> KeepRunsAway() const = 0;

  // What to run to look at what could not be read.
  virtual std::string advice() const = 0;

  // Nothing can be read of it.
  bool empty() const;

  // Of an event, as the commands take it: `17`, or `PARTITION/17` where there
  // are several partitions.
  std::string OffsetName(int32_t partition, int64_t offset) const;

  // Which offsets there are: `0 to 17`, several partitions with commas between.
  std::string DescribeExtents() const;

  // The range in each partition that it covers. INVALID_ARGUMENT when it names
  // a partition that there is not, or offsets without one of several.
  absl::StatusOr<std::vector<LogRange>> Split(const LogRange& range) const;
};

}  // namespace phoenix

#endif  // LIBS_LOG_RETAINED_RETAINED_LOG_H_
