#ifndef LIBS_SINKS_FILE_CONFINED_DIRECTORY_H_
#define LIBS_SINKS_FILE_CONFINED_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/io/unique_fd.h"

namespace phoenix {

// A file that is open for appending, and where its name stands.
struct OpenedFile {
  UniqueFd fd;
  UniqueFd directory;        // That holds the name.
  std::string name;          // Within the directory, without '/'.
  std::string path;          // For messages.
  uint64_t size = 0;         // In bytes.
  bool ends_in_line = true;  // Empty, or its last byte is a line end.
};

// A directory that nothing opened through it can leave: names below it are
// opened one by one, and none may be `..` or a symbolic link.
// Thread-compatible.
class ConfinedDirectory {
 public:
  struct Options {
    std::string path;
    // Allows the last name to be a symbolic link: for paths that no event has a
    // say in.
    bool follow_last_link = false;
    // What is made is on the disk before it is used, and so is what was renamed
    // in its directory before.
    bool sync = false;
  };

  explicit ConfinedDirectory(Options options);

  // Makes the directory, and those above it, where they are missing, and opens
  // it. Symbolic links in its own path are followed: whoever wrote it chose it.
  absl::Status Open();

  // The path of that name, for messages.
  std::string Describe(std::string_view relative) const;

  // Whether there is something of that name, of whatever kind.
  bool Contains(const std::string& relative) const;

  // OK when files can be made in the directory, as far as that can be told
  // without making one.
  absl::Status CheckWritable() const;

  // Opens or makes a regular file for appending, and the directories between;
  // with `truncate` its content is lost. Locks it: FAILED_PRECONDITION when
  // another process or sink writes to it.
  absl::StatusOr<OpenedFile> OpenFile(const std::string& relative,
                                      bool truncate);

 private:
  const Options options_;
  UniqueFd fd_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_CONFINED_DIRECTORY_H_
