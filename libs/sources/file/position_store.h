#ifndef LIBS_SOURCES_FILE_POSITION_STORE_H_
#define LIBS_SOURCES_FILE_POSITION_STORE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sources/file/file_head.h"

namespace phoenix {

// Which file a path meant, and how far it was read. A file is known by its
// device, its inode and its head: its name may have changed, and its inode may
// be another file's by now.
struct FilePosition {
  std::string path;
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t offset = 0;
  FileHead head = {};  // Empty in state files of earlier versions.

  friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

// The state file of a `file` source: JSON, replaced as a whole and synced, so
// that a crash leaves the old one or the new one. Thread-compatible.
class PositionStore {
 public:
  explicit PositionStore(std::string path) : path_(std::move(path)) {}

  // Empty when there is no file yet. DATA_LOSS, naming it, when it can't be
  // understood.
  absl::StatusOr<std::vector<FilePosition>> Load() const;

  // Does nothing when these were the positions that were saved last.
  absl::Status Save(const std::vector<FilePosition>& positions);

 private:
  const std::string path_;
  std::vector<FilePosition> saved_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_FILE_POSITION_STORE_H_
