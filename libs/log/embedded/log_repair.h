#ifndef LIBS_LOG_EMBEDDED_LOG_REPAIR_H_
#define LIBS_LOG_EMBEDDED_LOG_REPAIR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// What opening a log does not do by itself, because somebody has to decide it.
struct LogRepair {
  // Go on without segments that are missing: their events are lost. Offsets go
  // on behind any that can have been in them.
  bool accept_missing = false;

  // Have new events get this offset, or a higher one: the folder is older than
  // what was made of the log, as a copy that was put back is.
  std::optional<int64_t> next_offset;

  // Write META anew, for the pipeline of this name: it is damaged, or the
  // pipeline was renamed.
  std::optional<std::string> rewrite_meta;

  // Only tell what would be done.
  bool dry_run = false;
};

// Repairs the log in `folder`: what was done, or would be, a line each, the
// same in both cases; none: there was nothing to do. No event that can be read
// is touched.
// FAILED_PRECONDITION when a process has the log open, or a newer version wrote
// it.
absl::StatusOr<std::vector<std::string>> RepairLog(FileSystem& files,
                                                   const std::string& folder,
                                                   const LogRepair& repair);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_LOG_REPAIR_H_
