#ifndef LIBS_LOG_EMBEDDED_FILE_SYSTEM_H_
#define LIBS_LOG_EMBEDDED_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace phoenix {

// An open file. Closed when destroyed, which neither fails nor syncs.
// Thread-safe for reading; one thread writes.
//
// Errors are those of ErrnoStatus (libs/io): RESOURCE_EXHAUSTED when the disk
// is full, and only then; UNAVAILABLE when the device failed.
class File {
 public:
  virtual ~File() = default;

  // Reads `size` bytes at `offset`, fewer only at the end of the file.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset, char* to,
                                        size_t size) const = 0;

  // Writes the pieces one behind the other at `offset`. On an error any part
  // of them may have been written.
  virtual absl::Status WriteAt(uint64_t offset,
                               absl::Span<const std::string_view> pieces) = 0;

  // Makes what was written survive a loss of power: content and size, not the
  // file's name (see FileSystem::SyncFolder). After an error nobody knows what
  // was made so, and another call does not tell.
  virtual absl::Status Sync() = 0;

  // Cuts or extends (with zeros) the file, and gives up what Allocate reserved
  // beyond.
  virtual absl::Status Truncate(uint64_t size) = 0;

  // Reserves room for the first `size` bytes; the file's size does not change.
  virtual absl::Status Allocate(uint64_t size) = 0;

  virtual absl::StatusOr<uint64_t> Size() const = 0;
};

// Held for its life; the operating system frees it when the process ends.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode {
  kRead,
  kReadWrite,  // An existing file.
  kCreate,     // A new file; what was there under that name is emptied.
};

// The part of an operating system that a log needs, so that tests can run it
// on a disk that lies. Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // NOT_FOUND when there is no such file and the mode does not create it.
  virtual absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                                     OpenMode mode) = 0;

  // Replaces what was at `to`, at once: nobody sees half of it.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;

  // Makes the names in a folder, created, renamed and removed, survive a loss
  // of power.
  virtual absl::Status SyncFolder(const std::string& path) = 0;

  // The names of the files in a folder, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) = 0;

  // OK as well when it is there already.
  virtual absl::Status MakeFolder(const std::string& path) = 0;

  // Locks the file at `path`, made if need be, against other processes and
  // other calls. FAILED_PRECONDITION, naming the process that holds it.
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) = 0;
};

// The machine's own; lives for ever.
FileSystem& PosixFileSystem();

// The whole content of a small file.
absl::StatusOr<std::string> ReadWholeFile(FileSystem& files,
                                          const std::string& path);

// What to do, added to the error of a file under whose name something else
// lies, such as a folder; other errors are left as they are.
absl::Status MoveAway(const absl::Status& status);

// Writes a small file so that after a crash it is there whole or not at all:
// under another name, synced, renamed, the folder synced.
absl::Status WriteWholeFile(FileSystem& files, const std::string& folder,
                            const std::string& name, std::string_view content);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_FILE_SYSTEM_H_
