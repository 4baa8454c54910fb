#ifndef LIBS_SINKS_FILE_JOURNAL_H_
#define LIBS_SINKS_FILE_JOURNAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/sinks/file/confined_directory.h"

namespace phoenix {

// What was read of a journal and is no entry, though entries were there.
struct JournalDamage {
  uint64_t offset = 0;
  uint64_t bytes = 0;  // 0: nothing.
  // Behind it is an entry. Else it may be the second copy of the last one.
  bool inside = false;
};

// A file of entries that is appended to, and replaced by a shorter one now and
// then. Each entry stands there twice, so that damage to one of the copies does
// no harm, and each copy has its length and a CRC-32C before it, so that one
// which a crash has cut off is known: an entry without a whole copy at the end
// is as if it had never been appended.
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

  // Whether there is a file: there is, from the first Replace on.
  bool Exists() const { return directory_.Contains(path_); }

  // Opens the file, locks it, and calls `visit` with each whole copy of an
  // entry, in order; what an older version has written has one copy of each.
  // Whoever visits knows whether an entry is missing where there is damage.
  // Nothing is changed, and without a file nothing is done. Appending is
  // possible after Replace only.
  absl::StatusOr<JournalDamage> Load(
      absl::FunctionRef<absl::Status(std::string_view entry)> visit);

  // Makes `entry` all that the journal holds: at any moment of a crash the old
  // file is there, or the new one, which is on the disk. After Load.
  // FAILED_PRECONDITION when another process has just made the file.
  absl::Status Replace(std::string_view entry);

  absl::Status Append(std::string_view entry);

  // Lets go of the file.
  void Close() { file_.reset(); }

  uint64_t size() const { return size_; }  // In bytes.
  // Of the file, for messages.
  std::string path() const { return directory_.Describe(path_); }

 private:
  absl::Status WriteEntry(std::string_view entry);

  ConfinedDirectory& directory_;
  const std::string path_;
  const bool sync_;
  std::optional<OpenedFile> file_;
  std::string frames_;  // Of the entry that is written.
  uint64_t size_ = 0;
};

// What Load does with the bytes of a file.
absl::StatusOr<JournalDamage> ReadJournal(
    std::string_view bytes,
    absl::FunctionRef<absl::Status(std::string_view entry)> visit);

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_JOURNAL_H_
