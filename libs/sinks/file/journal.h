#ifndef LIBS_SINKS_FILE_JOURNAL_H_
#define LIBS_SINKS_FILE_JOURNAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "libs/sinks/file/confined_directory.h"

namespace phoenix {

// A file of entries that is appended to, and replaced by a shorter one now and
// then. Each entry has its length and a CRC-32C before it, so that one which a
// crash has cut off is known, and is as if it had never been appended.
//
// After a failed Append or Replace nobody knows whether the entry is in the
// file: Load it and go by what it says. Thread-compatible.
class Journal {
 public:
  // Of one entry; a larger one is damage.
  static constexpr uint32_t kMaxEntryBytes = 256 << 20;

  // `directory` outlives the journal. With `sync` an entry is on the disk when
  // Append returns, else with the operating system.
  Journal(ConfinedDirectory& directory, std::string path, bool sync)
      : directory_(directory), path_(std::move(path)), sync_(sync) {}

  // Opens the file, makes it when it is not there, locks it, and calls `visit`
  // with each entry, in order. DATA_LOSS when it is damaged before its end;
  // nothing is changed then. Appending is possible after Replace only.
  absl::Status Load(
      absl::FunctionRef<absl::Status(std::string_view entry)> visit);

  // Makes `entry` all that the journal holds: at any moment of a crash the old
  // file is there, or the new one, which is on the disk.
  absl::Status Replace(std::string_view entry);

  absl::Status Append(std::string_view entry);

  // Lets go of the file.
  void Close() { file_.reset(); }

  uint64_t size() const { return size_; }  // In bytes.

 private:
  absl::Status WriteEntry(std::string_view entry);

  ConfinedDirectory& directory_;
  const std::string path_;
  const bool sync_;
  std::optional<OpenedFile> file_;
  uint64_t size_ = 0;
};

// What Load does with the bytes of a file called `path`.
absl::Status ReadJournal(
    std::string_view bytes, const std::string& path,
    absl::FunctionRef<absl::Status(std::string_view entry)> visit);

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_JOURNAL_H_
