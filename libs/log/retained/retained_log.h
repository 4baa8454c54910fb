#ifndef LIBS_LOG_RETAINED_RETAINED_LOG_H_
#define LIBS_LOG_RETAINED_RETAINED_LOG_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/log.h"

namespace phoenix {

// A stretch of a log: what is in all of its bounds. An entry is in it as soon
// as one of its events is: who wants single events looks at their offsets.
struct LogRange {
  int64_t from_offset = 0;
  int64_t to_offset = std::numeric_limits<int64_t>::max();  // Not in it.

  // When it was appended.
  absl::Time from_time = absl::InfinitePast();
  absl::Time to_time = absl::InfiniteFuture();  // Not in it.
};

// Reads a range in order; see LogReader. WhenMore never calls: the range ends
// where the log ended when it was opened. Thread-compatible.
class RetainedReader : public LogReader {
 public:
  // Stretches that could not be read and were passed over: damaged ones, and
  // segments that were deleted in the meantime.
  virtual uint64_t unreadable_stretches() const = 0;
};

// What the embedded log in a folder holds, its past included, as it was when
// this was opened. Reads only: changes nothing and takes no lock, and so works
// beside the process that writes. What that process appends is not seen; a
// segment that it deletes is passed over; of the segment that it is writing
// only whole records with a right checksum are read, which may include the last
// ones that it has not acknowledged yet. Immutable; thread-safe.
class RetainedLog {
 public:
  // Looks at every segment, and reads those that are not sealed: the last one.
  // NOT_FOUND when there is no log in `folder`; else the errors of ReadLogMeta
  // and RecoverSegments. `files` outlives the log.
  static absl::StatusOr<std::unique_ptr<RetainedLog>> Open(
      const std::string& folder, FileSystem& files = PosixFileSystem());

  const std::string& folder() const { return folder_; }

  // Whose log it is.
  const std::string& pipeline() const { return meta_.pipeline; }

  // Nothing can be read of it.
  bool empty() const { return segments_.empty(); }

  // Of the first event that is there, and one past the last: equal when empty.
  int64_t first_offset() const;
  int64_t end_offset() const;

  // The log outlives the reader.
  std::unique_ptr<RetainedReader> Read(const LogRange& range) const;

 private:
  friend class SegmentsReader;

  RetainedLog(std::string folder, FileSystem& files, LogMeta meta)
      : folder_(std::move(folder)), files_(files), meta_(std::move(meta)) {}

  absl::Status FindSegments();
  absl::Status AddSegment(int64_t base_offset);
  absl::Status ReadUnsealed(const File& file, Segment& segment) const;

  const std::string folder_;
  FileSystem& files_;
  const LogMeta meta_;
  std::vector<Segment> segments_;  // By offset; none of them is empty.
};

// Keeps every process from opening the log in `folder` as long as the result
// lives. FAILED_PRECONDITION, naming the process that has it open.
absl::StatusOr<std::unique_ptr<FileLock>> HoldLog(
    const std::string& folder, FileSystem& files = PosixFileSystem());

}  // namespace phoenix

#endif  // LIBS_LOG_RETAINED_RETAINED_LOG_H_
