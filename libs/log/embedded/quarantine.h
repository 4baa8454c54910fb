#ifndef LIBS_LOG_EMBEDDED_QUARANTINE_H_
#define LIBS_LOG_EMBEDDED_QUARANTINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// Bytes of a segment that could not be read.
struct CorruptRecord {
  int64_t segment_base = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t lost_events = 0;  // 0 when nobody knows.

  uint64_t bytes() const { return end - begin; }
};

// "00000000000000001000-64-1088-10.bin": what was found, in the name.
std::string QuarantineFileName(const CorruptRecord& record);
std::optional<CorruptRecord> ParseQuarantineFileName(std::string_view name);

// Where corrupt records are put aside: a copy of the bytes, one file each, in a
// folder of the log. The record stays where it is, too, and is found again by
// whoever reads; it counts once. The counts are those of the folder, so they
// outlive the process. Thread-safe.
class Quarantine {
 public:
  // Beyond this a file is empty: its name still counts. Enough to look at what
  // happened, and a bound on what a rotting disk makes.
  static constexpr uint64_t kMaxBytes = 256 << 20;

  struct Counts {
    uint64_t records = 0;
    uint64_t events = 0;
    uint64_t bytes = 0;
  };

  // `files` outlives the quarantine; `folder` is there.
  static absl::StatusOr<std::unique_ptr<Quarantine>> Open(
      FileSystem& files, const std::string& folder);

  // Puts a record of `segment` aside and counts it; false when it was there
  // already. What can't be written is counted all the same.
  bool Add(const File& segment, const CorruptRecord& record);

  Counts counts() const;

 private:
  Quarantine(FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  bool Count(const CorruptRecord& record);
  absl::Status Copy(const File& segment, const CorruptRecord& record);

  FileSystem& files_;
  const std::string folder_;
  mutable Mutex mutex_;
  Counts counts_ ABSL_GUARDED_BY(mutex_);
  std::set<std::pair<int64_t, uint64_t>> known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_QUARANTINE_H_
