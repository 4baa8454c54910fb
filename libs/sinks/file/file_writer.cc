#include "libs/sinks/file/file_writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cerrno>
#include <limits>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/io/errno_status.h"
#include "libs/sinks/file/torn_line.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// More files than this put aside in one second mean that `rotate_bytes` makes
// no sense.
constexpr int kMaxRotationsPerSecond = 1000;

// False when somebody has renamed or removed the file.
bool HasItsName(const OpenedFile& file) {
  struct stat open = {};
  struct stat named = {};
  if (fstat(file.fd.get(), &open) != 0) return true;
  if (fstatat(file.directory.get(), file.name.c_str(), &named, 0) != 0) {
    return errno != ENOENT;
  }
  return open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

Outcome OutcomeOfFailure(const absl::Status& status) {
  return MayWorkLater(status) ? Outcome::kRetry : Outcome::kRejected;
}

std::string RotatedName(std::string_view name, absl::Time time, int number) {
  const size_t dot = name.rfind('.');
  const size_t stem =
      dot == std::string_view::npos || dot == 0 ? name.size() : dot;
  std::string rotated(name.substr(0, stem));
  rotated += absl::FormatTime(".%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone());
  if (number > 0) absl::StrAppendFormat(&rotated, "-%d", number);
  return rotated.append(name.substr(stem));
}

FileWriter::FileWriter(const Options& options, ConfinedDirectory& directory,
                       Clock& clock, std::string path, FileCommits* commits)
    : options_(options),
      directory_(directory),
      clock_(clock),
      path_(std::move(path)),
      commits_(commits),
      rotate_at_(options.rotate_bytes > 0
                     ? options.rotate_bytes
                     : std::numeric_limits<uint64_t>::max()) {}

absl::Status FileWriter::Open() {
  PHOENIX_ASSIGN_OR_RETURN(
      OpenedFile file,
      directory_.OpenFile(path_, options_.truncate && !reopened_));
  if (options_.json_lines) PHOENIX_RETURN_IF_ERROR(CutTornLine(file));
  if (commits_ != nullptr) {
    PHOENIX_RETURN_IF_ERROR(commits_->Opened(path_, file));
  }
  has_rows_ = file.size > 0;
  opened_ = clock_.Now();
  looked_ = opened_;
  reopened_ = true;
  file_.emplace(std::move(file), options_.buffer_bytes);
  return absl::OkStatus();
}

void FileWriter::Flush() {
  absl::Status status = file_.has_value() && IsOld() ? Rotate() : WriteOut();
  if (status.ok()) status = LeaveIfMoved();
  if (!status.ok()) Fail(status);
  failed_write_.reset();
}

void FileWriter::Close() {
  Flush();
  if (commits_ == nullptr) return;
  // A failure is kept by the commits, and the rows with it.
  commits_->Commit().IgnoreError();
  commits_->Closed(path_);
}

HeldRows FileWriter::Discard() {
  file_.reset();
  has_rows_ = false;
  return std::exchange(rows_, HeldRows());
}

void FileWriter::PutSlowly(std::string_view line,
                           const std::shared_ptr<WriteInProgress>& write,
                           size_t index) {
  if (failed_write_ == write) {
    write->Settle(index, index + 1, OutcomeOfFailure(failure_), failure_);
    return;
  }
  failed_write_.reset();
  absl::Status status = MakeRoom(line);
  if (status.ok() && file_->Fits(line.size())) {
    file_->Append(line);
    rows_.Add(write, index);
    return;
  }
  if (status.ok()) status = file_->WriteLongLine(line);
  if (status.ok()) {
    bytes_written_ += line.size() + 1;
    rows_.Add(write, index);
    SettleWritten();
    return;
  }
  rows_.Add(write, index);
  failed_write_ = write;
  Fail(status);
}

// Sees to it that the file is open, has its header, and takes the line: in the
// buffer, or beside it when it is larger than that.
absl::Status FileWriter::MakeRoom(std::string_view line) {
  if (has_rows_ && (file_->size() + line.size() >= rotate_at_ || IsOld())) {
    PHOENIX_RETURN_IF_ERROR(Rotate());
  }
  if (!file_.has_value()) PHOENIX_RETURN_IF_ERROR(Open());
  if (!file_->Fits(line.size())) PHOENIX_RETURN_IF_ERROR(WriteOut());
  if (file_->size() == 0 && !options_.header.empty()) {
    if (!file_->Fits(options_.header.size())) {
      return absl::FailedPreconditionError(
          "header is larger than 'buffer_bytes'");
    }
    file_->Append(options_.header);
    if (!file_->Fits(line.size())) PHOENIX_RETURN_IF_ERROR(WriteOut());
  }
  has_rows_ = true;
  return absl::OkStatus();
}

void FileWriter::Fail(const absl::Status& status) {
  failure_ = status;
  // The header may have been in the buffer that is gone.
  has_rows_ = file_.has_value() && file_->size() > 0;
  rows_.Settle(OutcomeOfFailure(status), status);
}

absl::Status FileWriter::WriteOut() {
  if (!file_.has_value() || file_->buffer_empty()) return absl::OkStatus();
  const uint64_t before = file_->written();
  PHOENIX_RETURN_IF_ERROR(file_->WriteOut());
  bytes_written_ += file_->written() - before;
  SettleWritten();
  return absl::OkStatus();
}

void FileWriter::SettleWritten() {
  if (commits_ != nullptr) {
    commits_->Written(path_, file_->written(), rows_);
  } else {
    rows_.Settle(Outcome::kDelivered);
  }
}

bool FileWriter::IsOld() const {
  return has_rows_ && clock_.Now() - opened_ >= options_.rotate_interval;
}

absl::Status FileWriter::Rotate() {
  PHOENIX_RETURN_IF_ERROR(WriteOut());
  // What is put aside is whole and recorded: nobody looks at it again.
  if (commits_ != nullptr) PHOENIX_RETURN_IF_ERROR(commits_->Commit());
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.rotate.before_rename"));
  if (HasItsName(file_->file())) {
    PHOENIX_RETURN_IF_ERROR(PutAside(file_->file()));
  }
  if (commits_ != nullptr) commits_->Closed(path_);
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.rotate.after_rename"));
  ++rotations_;
  file_.reset();
  has_rows_ = false;
  return absl::OkStatus();
}

absl::Status FileWriter::LeaveIfMoved() {
  if (!file_.has_value() || clock_.Now() - looked_ < kLookInterval) {
    return absl::OkStatus();
  }
  looked_ = clock_.Now();
  if (HasItsName(file_->file())) return absl::OkStatus();
  if (commits_ != nullptr) {
    PHOENIX_RETURN_IF_ERROR(commits_->Commit());
    commits_->Closed(path_);
  }
  Logger::Process().Warn(
      "Output file was renamed or removed: a new one is begun.",
      {{"path", file_->file().path}});
  file_.reset();
  has_rows_ = false;
  return absl::OkStatus();
}

absl::Status FileWriter::PutAside(const OpenedFile& file) {
  const int directory = file.directory.get();
  int error = EEXIST;
  for (int i = 0; i < kMaxRotationsPerSecond && error == EEXIST; ++i) {
    const std::string name = RotatedName(file.name, clock_.Now(), i);
    // Never over a file that is there.
    error = renameat2(directory, file.name.c_str(), directory, name.c_str(),
                      RENAME_NOREPLACE) == 0
                ? 0
                : errno;
  }
  if (error == 0) return absl::OkStatus();
  return ErrnoStatus(
      error, absl::StrFormat("cannot rename '%s' to rotate it", file.path));
}

}  // namespace phoenix
