#ifndef LIBS_LOG_EMBEDDED_RESERVE_FILE_H_
#define LIBS_LOG_EMBEDDED_RESERVE_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// Room on the disk that is kept back: given up when the disk is full, so that
// the cursor can be written and segments deleted even then. Nothing is appended
// without it. Thread-compatible.
class ReserveFile {
 public:
  // More than a cursor, a folder's entries and a footer take.
  static constexpr uint64_t kBytes = 1 << 20;

  // `files` outlives it.
  ReserveFile(FileSystem& files, const std::string& folder);

  // Takes the room if it does not have it. RESOURCE_EXHAUSTED when the disk has
  // none.
  absl::Status Take();

  // Gives it up.
  void GiveUp();

 private:
  absl::Status TryToTake();

  FileSystem& files_;
  const std::string path_;
  bool taken_ = false;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RESERVE_FILE_H_
