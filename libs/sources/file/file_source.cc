#include "libs/sources/file/file_source.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

bool IsPattern(const std::string& path) {
  return path.find_first_of("*?[") != std::string::npos;
}

std::optional<FilePosition> Identify(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return FilePosition{path, info.st_dev, info.st_ino, 0};
}

bool IsSameFile(const FilePosition& a, const FilePosition& b) {
  return a.device == b.device && a.inode == b.inode;
}

}  // namespace

FileSource::FileSource(FileSourceOptions options, Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      store_(options_.state_path) {}

FileSource::~FileSource() { Stop(); }

absl::Status FileSource::Start(Outlet& outlet) {
  if (!options_.state_path.empty()) {
    PHOENIX_ASSIGN_OR_RETURN(known_, store_.Load());
  }
  for (const FilePosition& position : known_) {
    PHOENIX_RETURN_IF_ERROR(OpenRotated(position));
  }
  PHOENIX_RETURN_IF_ERROR(OpenFiles());
  if (readers_.empty() && !options_.follow) {
    return absl::NotFoundError("path '" + options_.path +
                               "': there is no such file; change `path`, or "
                               "set `follow` to wait for one");
  }
  outlet_.emplace(outlet);
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
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
    PHOENIX_RETURN_IF_ERROR(OpenFile(path));
  }
  return absl::OkStatus();
}

absl::Status FileSource::OpenFile(const std::string& path) {
  const auto file = Identify(path);
  if (!file.has_value()) return absl::OkStatus();
  for (const Reader& reader : readers_) {
    if (reader.tail->Is(file->device, file->inode)) return absl::OkStatus();
  }
  uint64_t offset = 0;
  for (const FilePosition& position : known_) {
    if (IsSameFile(position, *file)) offset = position.offset;
  }
  PHOENIX_ASSIGN_OR_RETURN(auto tail, OpenTail(path, offset));
  readers_.push_back({.tail = std::move(tail)});
  return absl::OkStatus();
}

// Looks for a file of the last run whose path means another by now.
absl::Status FileSource::OpenRotated(const FilePosition& position) {
  const auto now = Identify(position.path);
  if (now.has_value() && IsSameFile(*now, position)) return absl::OkStatus();
  auto folder = std::filesystem::path(position.path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, ignored)) {
    const auto other = Identify(entry.path());
    if (!other.has_value() || !IsSameFile(*other, position)) continue;
    PHOENIX_ASSIGN_OR_RETURN(auto tail,
                             OpenTail(entry.path(), position.offset));
    readers_.push_back({.tail = std::move(tail), .retired = true});
    break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileTail>> FileSource::OpenTail(
    const std::string& path, uint64_t offset) {
  const auto by_name = path.ends_with(".csv") ? FileTail::Format::kCsv
                                              : FileTail::Format::kNdjson;
  return FileTail::Open(
      path, offset,
      {options_.format.value_or(by_name), options_.decode, next_lane_++},
      clock_);
}

void FileSource::Run() {
  while (!outlet_->stopped()) {
    const auto progress = ReadAll();
    SavePositions();
    if (!progress.ok()) return ReportEnd(progress.status());
    if (*progress) continue;
    if (!options_.follow) {
      finished_ = FinishAll().ok();
      return;
    }
    outlet_->Sleep(options_.poll_interval);
    LookForChanges();
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
  PHOENIX_ASSIGN_OR_RETURN(const size_t size, reader.tail->ReadSome(*outlet_));
  if (size > 0) {
    reader.quiet = false;
    return true;
  }
  if (reader.retired && std::exchange(reader.quiet, true)) {
    reader.done = true;
    PHOENIX_RETURN_IF_ERROR(reader.tail->Finish(*outlet_));
  }
  return false;
}

void FileSource::LookForChanges() {
  std::erase_if(readers_, [this](const Reader& reader) {
    if (!reader.done || !reader.tail->settled()) return false;
    // Its new name may fit the pattern: it is not to be read again.
    known_.push_back(reader.tail->position());
    return true;
  });
  for (Reader& reader : readers_) {
    if (reader.done) continue;
    reader.tail->CheckTruncation();
    RetireIfReplaced(reader);
  }
  const absl::Status opened = OpenFiles();
  if (!opened.ok()) {
    Logger::Process().Warn("File can't be read.", {{"error", opened}});
  }
}

void FileSource::RetireIfReplaced(Reader& reader) {
  const auto now = Identify(reader.tail->path());
  if (now.has_value() && !reader.tail->Is(now->device, now->inode)) {
    reader.retired = true;
  }
}

absl::Status FileSource::FinishAll() {
  for (Reader& reader : readers_) {
    if (std::exchange(reader.done, true)) continue;
    PHOENIX_RETURN_IF_ERROR(reader.tail->Finish(*outlet_));
  }
  return absl::OkStatus();
}

void FileSource::SavePositions() {
  if (options_.state_path.empty()) return;
  std::vector<FilePosition> positions;
  for (const Reader& reader : readers_) {
    positions.push_back(reader.tail->position());
  }
  const absl::Status saved = store_.Save(positions);
  if (!saved.ok()) {
    Logger::Process().Error("Position can't be saved.", {{"error", saved}});
  }
}

}  // namespace phoenix
