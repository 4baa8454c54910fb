#ifndef LIBS_SINKS_FILE_FILE_TABLE_H_
#define LIBS_SINKS_FILE_FILE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "libs/component/held_rows.h"
#include "libs/sinks/file/file_commits.h"
#include "libs/sinks/file/file_writer.h"

namespace phoenix {

// The files that are open, by their path below the directory: a bounded number,
// of which the one that was not used for longest is flushed and closed when
// another is needed. Thread-compatible.
class FileTable {
 public:
  // What writes stood for when files were closed; for the report.
  struct Totals {
    uint64_t files = 0;  // Times that a file was opened.
    uint64_t bytes = 0;
    uint64_t rotations = 0;
  };

  // All outlive the table; `max_open_files` > 0.
  FileTable(const FileWriter::Options& options, ConfinedDirectory& directory,
            Clock& clock, size_t max_open_files);

  // Settles what is written from now on; see FileWriter. Outlives the table.
  void SettleBy(FileCommits& commits) { commits_ = &commits; }

  // The writer of that path, opened if it was not. Valid until the next call.
  absl::StatusOr<FileWriter*> Get(const std::string& path);

  void FlushAll();

  // Flushes and closes all.
  void Clear();

  // Closes all without writing what they hold, which it returns. None is
  // truncated when it is opened again.
  HeldRows Discard();

  // Of all files so far.
  Totals totals() const;
  size_t size() const { return by_path_.size(); }

 private:
  void CloseOldest();
  void Count(const FileWriter& file);

  FileWriter::Options options_;
  ConfinedDirectory& directory_;
  Clock& clock_;
  const size_t max_open_files_;
  FileCommits* commits_ = nullptr;
  std::list<FileWriter> files_;  // The last used first.
  std::unordered_map<std::string, std::list<FileWriter>::iterator> by_path_;
  Totals closed_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_FILE_TABLE_H_
