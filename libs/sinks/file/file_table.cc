#include "libs/sinks/file/file_table.h"

#include "absl/status/status.h"

namespace phoenix {

FileTable::FileTable(const FileWriter::Options& options,
                     ConfinedDirectory& directory, Clock& clock,
                     size_t max_open_files)
    : options_(options),
      directory_(directory),
      clock_(clock),
      max_open_files_(max_open_files) {}

absl::StatusOr<FileWriter*> FileTable::Get(const std::string& path) {
  if (!files_.empty() && files_.front().path() == path) {
    return &files_.front();
  }
  const auto found = by_path_.find(path);
  if (found != by_path_.end()) {
    files_.splice(files_.begin(), files_, found->second);
    return &files_.front();
  }
  if (files_.size() == max_open_files_) CloseOldest();
  files_.emplace_front(options_, directory_, clock_, path, commits_);
  const absl::Status status = files_.front().Open();
  if (!status.ok()) {
    files_.pop_front();
    return status;
  }
  by_path_[path] = files_.begin();
  ++closed_.files;
  return &files_.front();
}

void FileTable::FlushAll() {
  for (FileWriter& file : files_) file.Flush();
}

void FileTable::Clear() {
  while (!files_.empty()) CloseOldest();
}

void FileTable::CloseOldest() {
  FileWriter& file = files_.back();
  file.Close();
  Count(file);
  by_path_.erase(file.path());
  files_.pop_back();
}

HeldRows FileTable::Discard() {
  options_.truncate = false;
  HeldRows rows;
  for (FileWriter& file : files_) {
    HeldRows held = file.Discard();
    rows.Take(held);
    Count(file);
  }
  by_path_.clear();
  files_.clear();
  return rows;
}

void FileTable::Count(const FileWriter& file) {
  closed_.bytes += file.bytes_written();
  closed_.rotations += file.rotations();
}

FileTable::Totals FileTable::totals() const {
  Totals totals = closed_;
  for (const FileWriter& file : files_) {
    totals.bytes += file.bytes_written();
    totals.rotations += file.rotations();
  }
  return totals;
}

}  // namespace phoenix
