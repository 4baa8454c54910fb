#ifndef LIBS_LOG_RETAINED_RETAINED_FILES_H_
#define LIBS_LOG_RETAINED_RETAINED_FILES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/retained/retained_log.h"

namespace phoenix {

// What the embedded log in a folder holds, its past included, as it was when
// this was opened. Reads only: changes nothing and takes no lock, and so works
// beside the process that writes. What that process appends is not seen; a
// segment that it deletes is passed over; of the segment that it is writing
// only whole records with a right checksum are read, which may include the last
// ones that it has not acknowledged yet. Immutable; thread-safe.
class RetainedFiles : public RetainedLog {
 public:
  // Looks at every segment, and reads those that are not sealed: the last one.
  // NOT_FOUND when there is no log in `folder`; else the errors of ReadLogMeta
  // and RecoverSegments. `files` outlives the log.
  static absl::StatusOr<std::unique_ptr<RetainedFiles>> Open(
      const std::string& folder, FileSystem& files = PosixFileSystem());

  const std::string& location() const override { return folder_; }
  std::string name() const override;
  int32_t partition_count() const override { return 1; }
  Extent extent(int32_t partition) const override;
  std::unique_ptr<RetainedReader> Read(const LogRange& range) const override;
  absl::StatusOr<int64_t> FindLast(int32_t partition,
                                   int64_t events) const override;
  absl::StatusOr<std::unique_ptr<FileLock>> KeepRunsAway() const override;
  std::string advice() const override;

  // Whose log it is.
  const std::string& pipeline() const { return meta_.pipeline; }

  // Of the first event that is there, and one past the last: equal when empty.
  int64_t first_offset() const;
  int64_t end_offset() const;

 private:
  friend class SegmentsReader;

  RetainedFiles(std::string folder, FileSystem& files, LogMeta meta)
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

#endif  // LIBS_LOG_RETAINED_RETAINED_FILES_H_
