#include "libs/sources/file/file_source.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/event/ndjson_decoder.h"
#include "libs/net/owned_fd.h"
#include "libs/sources/file/file_head.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

bool IsPattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

// Which file the path means now, if any: without offset and head.
std::optional<FilePosition> Identify(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return FilePosition{path, info.st_dev, info.st_ino, 0, {}};
}

bool SameInode(const FilePosition& a, const FilePosition& b) {
  return a.device == b.device && a.inode == b.inode;
}

// Whether the path means the file of `position`, and not another that has its
// inode by now.
bool IsFile(const std::string& path, const FilePosition& position) {
  const auto now = Identify(path);
  if (!now.has_value() || !SameInode(*now, position)) return false;
  const OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return fd.valid() && HasHead(fd.get(), position.head);
}

size_t RowBufferBytes(const FileSourceOptions& options) {
  return std::max(NdjsonOptions::kDefaultBufferBytes,
                  2 * options.decode.max_row_bytes);
}

}  // namespace

FileSource::FileSource(FileSourceOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      store_(options_.state_path) {}

FileSource::~FileSource() { Stop(); }

absl::Status FileSource::Start(Outlet& outlet) {
  std::vector<FilePosition> last;
  if (!options_.state_path.empty()) {
    PHOENIX_ASSIGN_OR_RETURN(last, store_.Load());
  }
  remembered_.assign(last.begin(), last.end());
  for (const FilePosition& position : last) {
    PHOENIX_RETURN_IF_ERROR(OpenRotated(position));
  }
  PHOENIX_RETURN_IF_ERROR(OpenFiles());
  if (!options_.follow) max_remembered_ += readers_.size() + unopened_.size();
  ForgetTheOldest();
  if (readers_.empty() && !options_.follow) {
    return absl::NotFoundError("path '" + options_.path +
                               "': there is no such file; change `path`, or "
                               "set `follow` to wait for one");
  }
  outlet_.emplace(outlet);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

size_t FileSource::max_memory_bytes() const {
  const size_t row = RowBufferBytes(options_);
  return options_.max_open_files * (FileTail::kReadBytes + row) + 3 * row;
}

size_t FileSource::max_batch_bytes() const {
  return std::max(kUsualBatchBytes, 2 * RowBufferBytes(options_));
}

void FileSource::StopAccepting() {
  if (outlet_.has_value()) outlet_->Stop();
}

void FileSource::Stop() {
  StopAccepting();
  if (!thread_.joinable()) return;
  thread_.join();
  // Rows may have settled since the thread ended.
  SavePositions();
}

// Sorted, so that files named by their dates are read in order.
std::vector<std::string> FileSource::Expand() const {
  if (!IsPattern(options_.path)) return {options_.path};
  std::vector<std::string> paths;
  glob_t found{};
  if (glob(options_.path.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

absl::Status FileSource::OpenFiles() {
  for (const std::string& path : Expand()) {
    if (!options_.follow && readers_.size() >= options_.max_open_files) {
      unopened_.push_back(path);
    } else {
      PHOENIX_RETURN_IF_ERROR(OpenFile(path));
    }
  }
  return absl::OkStatus();
}

// Whether some files are read from now on instead of those that are done.
bool FileSource::OpenNext() {
  DropFinished();
  bool opened = false;
  while (!unopened_.empty() && readers_.size() < options_.max_open_files) {
    const absl::Status status = OpenFile(unopened_.front());
    if (!status.ok()) WarnOnce(unopened_.front(), status);
    unopened_.pop_front();
    opened = true;
  }
  return opened;
}

absl::Status FileSource::OpenFile(const std::string& path) {
  const auto file = Identify(path);
  if (!file.has_value() || IsBeingRead(*file)) return absl::OkStatus();
  if (IsPattern(options_.path) && !std::filesystem::is_regular_file(path)) {
    WarnOnce(path, absl::InvalidArgumentError("path is no regular file"));
    return absl::OkStatus();
  }
  PHOENIX_RETURN_IF_ERROR(CheckRoom());
  return AddReader(path, path, Recall(*file));
}

// Looks for a file of the last run whose path means another by now.
absl::Status FileSource::OpenRotated(const FilePosition& position) {
  if (IsFile(position.path, position)) return absl::OkStatus();
  auto folder = std::filesystem::path(position.path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, ignored)) {
    if (!IsFile(entry.path(), position)) continue;
    PHOENIX_RETURN_IF_ERROR(CheckRoom());
    return AddReader(entry.path(), position.path, Recall(position));
  }
  return absl::OkStatus();
}

absl::Status FileSource::CheckRoom() const {
  if (readers_.size() < options_.max_open_files) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("path '", options_.path, "' has more files than '",
                   options_.max_open_files, "' (max_open_files): raise that"));
}

// `found_as`: the path by which the file was found first.
absl::Status FileSource::AddReader(const std::string& path,
                                   const std::string& found_as,
                                   const std::optional<FilePosition>& last) {
  const auto by_name = path.ends_with(".csv") ? FileTail::Format::kCsv
                                              : FileTail::Format::kNdjson;
  PHOENIX_ASSIGN_OR_RETURN(auto tail,
                           FileTail::Open(path, last,
                                          {options_.format.value_or(by_name),
                                           options_.decode, next_lane_++},
                                          clock_));
  readers_.push_back({.tail = std::move(tail),
                      .path = found_as,
                      .quiet_since = clock_.MonotonicNanos()});
  return absl::OkStatus();
}

bool FileSource::IsBeingRead(const FilePosition& file) const {
  return std::any_of(readers_.begin(), readers_.end(),
                     [&](const Reader& reader) {
                       return reader.tail->Is(file.device, file.inode);
                     });
}

// The last position of the file, which has a reader from now on.
std::optional<FilePosition> FileSource::Recall(const FilePosition& file) {
  std::optional<FilePosition> last;
  for (const FilePosition& position : remembered_) {
    if (SameInode(position, file)) last = position;
  }
  std::erase_if(remembered_, [&](const FilePosition& position) {
    return SameInode(position, file);
  });
  return last;
}

void FileSource::Remember(FilePosition position) {
  Recall(position);
  remembered_.push_back(std::move(position));
  ForgetTheOldest();
}

void FileSource::ForgetTheOldest() {
  while (remembered_.size() > max_remembered_) remembered_.pop_front();
}

void FileSource::Run() {
  while (!outlet_->stopped()) {
    const auto progress = ReadAll();
    if (!progress.ok()) {
      SavePositions();
      return ReportEnd(progress.status());
    }
    if (*progress) {
      LookAroundWhenDue();
      continue;
    }
    if (!options_.follow) {
      const bool all = FinishAll().ok();
      SavePositions();
      if (all && !unopened_.empty()) {
        if (!OpenNext()) outlet_->Sleep(options_.poll_interval);
        continue;
      }
      finished_ = all;
      return;
    }
    outlet_->Sleep(options_.poll_interval);
    LookAround();
  }
}

void FileSource::ReportEnd(const absl::Status& status) const {
  if (absl::IsCancelled(status) || absl::IsUnavailable(status)) return;
  Logger::Process().Error("File source has ended.", {{"error", status}});
}

// A chunk of each file in turn. True when there was something to read.
absl::StatusOr<bool> FileSource::ReadAll() {
  bool progress = false;
  for (Reader& reader : readers_) {
    PHOENIX_ASSIGN_OR_RETURN(const bool more, Read(reader));
    progress = progress || more;
  }
  return progress;
}

absl::StatusOr<bool> FileSource::Read(Reader& reader) {
  if (reader.done) return false;
  PHOENIX_ASSIGN_OR_RETURN(const bool more, reader.tail->ReadSome(*outlet_));
  if (more) {
    reader.quiet_since = clock_.MonotonicNanos();
  } else if (options_.follow && IsLeft(reader)) {
    reader.done = true;
    PHOENIX_RETURN_IF_ERROR(reader.tail->Finish(*outlet_));
  }
  return more;
}

// Whether nobody will write to the file any more, as far as can be told.
bool FileSource::IsLeft(const Reader& reader) const {
  if (reader.place == Place::kHere) return false;
  const absl::Duration quiet =
      absl::Nanoseconds(clock_.MonotonicNanos() - reader.quiet_since);
  return quiet >=
         (reader.place == Place::kReplaced ? kReplacedGrace : kGoneGrace);
}

// A file that always has more to read keeps nobody from being looked after.
void FileSource::LookAroundWhenDue() {
  const absl::Duration since =
      absl::Nanoseconds(clock_.MonotonicNanos() - looked_around_);
  if (since >= absl::FromChrono(options_.poll_interval)) LookAround();
}

void FileSource::LookAround() {
  looked_around_ = clock_.MonotonicNanos();
  SavePositions();
  if (options_.follow) LookForChanges();
}

void FileSource::LookForChanges() {
  DropFinished();
  for (Reader& reader : readers_) LookForPlace(reader);
  std::erase_if(warned_, [](const std::string& path) {
    return !Identify(path).has_value();
  });
  for (const std::string& path : Expand()) {
    const absl::Status opened = OpenFile(path);
    if (!opened.ok()) WarnOnce(path, opened);
  }
}

void FileSource::LookForPlace(Reader& reader) {
  const auto now = Identify(reader.path);
  const Place place = !now.has_value() ? Place::kGone
                      : reader.tail->Is(now->device, now->inode)
                          ? Place::kHere
                          : Place::kReplaced;
  if (std::exchange(reader.place, place) != place) {
    reader.quiet_since = clock_.MonotonicNanos();
  }
}

void FileSource::DropFinished() {
  std::erase_if(readers_, [this](const Reader& reader) {
    if (!reader.done || !reader.tail->settled()) return false;
    // Its new name may fit the pattern: it is not to be read again.
    if (!reader.tail->unlinked()) Remember(PositionOf(reader));
    return true;
  });
}

void FileSource::WarnOnce(const std::string& path, const absl::Status& why) {
  if (!warned_.insert(path).second) return;
  Logger::Process().Warn("File is passed over.",
                         {{"file.path", path}, {"error", why}});
}

absl::Status FileSource::FinishAll() {
  for (Reader& reader : readers_) {
    if (std::exchange(reader.done, true)) continue;
    PHOENIX_RETURN_IF_ERROR(reader.tail->Finish(*outlet_));
  }
  return absl::OkStatus();
}

FilePosition FileSource::PositionOf(const Reader& reader) const {
  FilePosition position = reader.tail->position();
  position.path = reader.path;
  return position;
}

void FileSource::SavePositions() {
  if (options_.state_path.empty()) return;
  std::vector<FilePosition> positions(remembered_.begin(), remembered_.end());
  for (const Reader& reader : readers_) {
    positions.push_back(PositionOf(reader));
  }
  const absl::Status saved = store_.Save(positions);
  if (!saved.ok()) {
    outlet_->CountRejected(1, "POSITION_NOT_SAVED");
    Logger::Process().Error("Position can't be saved.", {{"error", saved}});
  }
  MutexLock lock(mutex_);
  last_save_ = saved;
}

absl::Status FileSource::Health() const {
  MutexLock lock(mutex_);
  if (last_save_.ok()) return last_save_;
  return absl::Status(
      last_save_.code(),
      Cat("positions can't be saved, so the next run reads again what this one "
          "has delivered: ",
          FromAbsl(last_save_.message())));
}

std::vector<const char*> FileSource::refusal_reasons() const {
  return {kEventInvalid, kEventTooLarge, "POSITION_NOT_SAVED"};
}

}  // namespace phoenix
