#ifndef LIBS_SINKS_FILE_FILE_WRITER_H_
#define LIBS_SINKS_FILE_FILE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/component/held_rows.h"
#include "libs/sinks/file/confined_directory.h"
#include "libs/sinks/file/file_commits.h"
#include "libs/sinks/file/output_file.h"

namespace phoenix {

// Writes rows to one path: knows which rows are in the buffer, settles them
// when the operating system has them, and puts full or old files aside.
// Thread-compatible.
class FileWriter {
 public:
  struct Options {
    std::string header;  // First line of each file; empty for none.
    bool truncate = false;
    bool json_lines = true;  // Each line is a JSON text.
    size_t buffer_bytes = 256 << 10;
    uint64_t rotate_bytes = 0;  // 0: never.
    absl::Duration rotate_interval = absl::InfiniteDuration();
  };

  // All outlive the writer. `path` is below the directory. `commits` settles
  // what is written; null: it settles as soon as the operating system has it.
  FileWriter(const Options& options, ConfinedDirectory& directory, Clock& clock,
             std::string path, FileCommits* commits = nullptr);

  // Opens the file. Called once, before the others.
  absl::Status Open();

  // Takes the line of the row at `index` of `write`, which is settled with the
  // buffer that it stands in. After a failure the rest of the same write fails
  // alike, so that rows that are sent again stay in order.
  void Put(std::string_view line, const std::shared_ptr<WriteInProgress>& write,
           size_t index) {
    if (CanAppend(line)) [[likely]] {
      file_->Append(line);
      rows_.Add(write, index);
    } else {
      PutSlowly(line, write, index);
    }
  }

  // Writes out and settles what is held; puts the file aside if it is old.
  void Flush();

  // Flushes, settles and lets go of the file.
  void Close();

  // Lets go of the file without writing what is held, which it returns.
  HeldRows Discard();

  const std::string& path() const { return path_; }
  uint64_t bytes_written() const { return bytes_written_; }
  uint64_t rotations() const { return rotations_; }

  // How often Flush looks whether the file still has its name.
  static constexpr absl::Duration kLookInterval = absl::Seconds(1);

 private:
  bool CanAppend(std::string_view line) const {
    return has_rows_ && file_.has_value() && file_->Fits(line.size()) &&
           file_->size() + line.size() < rotate_at_ && failed_write_ == nullptr;
  }

  void PutSlowly(std::string_view line,
                 const std::shared_ptr<WriteInProgress>& write, size_t index);
  absl::Status MakeRoom(std::string_view line);
  void Fail(const absl::Status& status);
  absl::Status WriteOut();
  void SettleWritten();
  bool IsOld() const;
  // Puts the file aside; the next row opens a new one.
  absl::Status Rotate();
  // As Rotate, when somebody else has put the file aside or removed it.
  absl::Status LeaveIfMoved();
  absl::Status PutAside(const OpenedFile& file);

  const Options& options_;
  ConfinedDirectory& directory_;
  Clock& clock_;
  const std::string path_;
  FileCommits* const commits_;
  const uint64_t rotate_at_;

  std::optional<OutputFile> file_;
  absl::Time opened_;
  absl::Time looked_;      // Whether the file has its name.
  bool reopened_ = false;  // Not to be truncated any more.
  bool has_rows_ = false;  // The file has lines beside its header.
  HeldRows rows_;          // In the buffer.

  // The write during which something failed, and what.
  std::shared_ptr<WriteInProgress> failed_write_;
  absl::Status failure_;

  uint64_t bytes_written_ = 0;
  uint64_t rotations_ = 0;
};

// The outcome of rows that could not be written.
Outcome OutcomeOfFailure(const absl::Status& status);

// The name that a file gets when it is put aside: `a.ndjson` becomes
// `a.20260131T235959Z.ndjson`; with `number` > 0,
// `a.20260131T235959Z-1.ndjson`.
std::string RotatedName(std::string_view name, absl::Time time, int number);

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_FILE_WRITER_H_
