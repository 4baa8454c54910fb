#include "libs/log/embedded/log_meta.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/base/crc32c.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/cursor_file.h"

namespace phoenix {
namespace {

constexpr std::string_view kFirstWord = "phoenix-log ";
constexpr std::string_view kCrcWord = "crc32c ";

absl::Status Damaged() {
  return absl::DataLossError(
      "META is damaged: run `phoenix log repair DIR --rewrite-meta NAME` with "
      "the name of the pipeline");
}

// The rest of a line that begins with `word`; nullopt when it does not.
std::optional<std::string> Behind(std::string_view word,
                                  std::string_view line) {
  if (line.substr(0, word.size()) != word) return std::nullopt;
  return std::string(line.substr(word.size()));
}

absl::Status CheckVersion(std::string_view text, uint32_t& version) {
  const std::string first(text.substr(0, text.find('\n')));
  const auto number = Behind(kFirstWord, first);
  if (!number || !absl::SimpleAtoi(*number, &version)) return Damaged();
  return CheckLogFormat(version);
}

bool ParseId(const std::string& digits, LogId& id) {
  return digits.size() == 32 &&
         absl::SimpleHexAtoi(digits.substr(0, 16), &id.high) &&
         absl::SimpleHexAtoi(digits.substr(16), &id.low);
}

absl::Status MakeFolders(FileSystem& files, const std::string& folder) {
  for (size_t slash = folder.find('/', 1); slash != std::string::npos;
       slash = folder.find('/', slash + 1)) {
    PHOENIX_RETURN_IF_ERROR(files.MakeFolder(folder.substr(0, slash)));
  }
  PHOENIX_RETURN_IF_ERROR(files.MakeFolder(folder));
  PHOENIX_RETURN_IF_ERROR(files.MakeFolder(SegmentsFolder(folder)));
  PHOENIX_RETURN_IF_ERROR(files.MakeFolder(QuarantineFolder(folder)));
  const size_t slash = folder.rfind('/');
  PHOENIX_RETURN_IF_ERROR(files.SyncFolder(
      slash == std::string::npos ? "." : folder.substr(0, slash + 1)));
  return files.SyncFolder(folder);
}

absl::Status MustBeWritable(const absl::Status& status) {
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(
      Cat(FromAbsl(status.message()),
          ": who opens a log must be able to write into its folder: give the "
          "process the right, or name another folder"));
}

absl::Status MetaIsMissing() {
  return absl::DataLossError(
      "META is missing, and there are segments: put it back, or run `phoenix "
      "log repair DIR --rewrite-meta NAME` with the name of the pipeline");
}

// META comes last: a log without it was never in use.
absl::StatusOr<LogMeta> MakeLog(FileSystem& files, const std::string& folder,
                                const LogMeta& wanted) {
  PHOENIX_ASSIGN_OR_RETURN(const auto segments,
                           files.List(SegmentsFolder(folder)));
  if (!segments.empty()) return MetaIsMissing();
  PHOENIX_RETURN_IF_ERROR(CursorFile::Create(files, folder, wanted.id));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.create.before_meta"));
  PHOENIX_RETURN_IF_ERROR(
      WriteWholeFile(files, folder, kMetaFile, EncodeLogMeta(wanted)));
  return wanted;
}

absl::Status CheckPipeline(const LogMeta& meta, const LogMeta& wanted) {
  if (meta.pipeline == wanted.pipeline) return absl::OkStatus();
  return absl::FailedPreconditionError(Cat(
      "is the log of pipeline '", meta.pipeline, "', not of '", wanted.pipeline,
      "': choose another folder, or, if the pipeline was renamed, run "
      "`phoenix log repair DIR --rewrite-meta ",
      wanted.pipeline, "`"));
}

}  // namespace

std::string SegmentsFolder(const std::string& folder) {
  return folder + "/segments";
}

std::string QuarantineFolder(const std::string& folder) {
  return folder + "/quarantine";
}

absl::Status CheckLogFormat(uint32_t version) {
  if (version <= kLogFormatVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("format ", version, " is newer than ", kLogFormatVersion,
          ", the newest that this program reads: run the version of phoenix "
          "that wrote it"));
}

std::string EncodeLogMeta(const LogMeta& meta) {
  std::string text =
      Cat(kFirstWord, meta.version, "\nid ",
          absl::StrFormat("%016x%016x", meta.id.high, meta.id.low),
          "\npipeline ", meta.pipeline, "\n");
  return Cat(text, kCrcWord, absl::StrFormat("%08x", Crc32c(text)), "\n");
}

absl::StatusOr<LogMeta> ParseLogMeta(std::string_view text) {
  LogMeta meta;
  PHOENIX_RETURN_IF_ERROR(CheckVersion(text, meta.version));
  const std::vector<std::string> lines =
      absl::StrSplit(ToAbsl(text), absl::ByChar('\n'));
  if (lines.size() != 5 || !lines[4].empty()) return Damaged();
  const auto id = Behind("id ", lines[1]);
  const auto pipeline = Behind("pipeline ", lines[2]);
  if (!id || !pipeline || !ParseId(*id, meta.id)) return Damaged();
  meta.pipeline = *pipeline;
  if (EncodeLogMeta(meta) != text) return Damaged();
  return meta;
}

absl::StatusOr<LogMeta> ReadLogMeta(FileSystem& files,
                                    const std::string& folder) {
  PHOENIX_ASSIGN_OR_RETURN(const std::string text,
                           ReadWholeFile(files, Cat(folder, "/", kMetaFile)));
  return ParseLogMeta(text);
}

absl::Status CheckLogFolder(FileSystem& files, const std::string& folder,
                            const LogMeta& wanted) {
  const auto meta = ReadLogMeta(files, folder);
  if (meta.ok()) return CheckPipeline(*meta, wanted);
  if (!absl::IsNotFound(meta.status())) return meta.status();
  const auto segments = files.List(SegmentsFolder(folder));
  const bool is_new = !segments.ok() || segments->empty();
  return is_new ? absl::OkStatus() : MetaIsMissing();
}

absl::StatusOr<std::unique_ptr<FileLock>> LockLogFolder(
    FileSystem& files, const std::string& folder) {
  auto lock = files.Lock(Cat(folder, "/", kLockFile));
  return lock.ok() ? std::move(lock) : MustBeWritable(lock.status());
}

absl::StatusOr<LogFolder> OpenLogFolder(FileSystem& files,
                                        const std::string& folder,
                                        const LogMeta& wanted) {
  LogFolder opened;
  PHOENIX_RETURN_IF_ERROR(MustBeWritable(MakeFolders(files, folder)));
  PHOENIX_ASSIGN_OR_RETURN(opened.lock, LockLogFolder(files, folder));
  auto meta = ReadLogMeta(files, folder);
  if (absl::IsNotFound(meta.status())) meta = MakeLog(files, folder, wanted);
  PHOENIX_RETURN_IF_ERROR(meta.status());
  PHOENIX_RETURN_IF_ERROR(CheckPipeline(*meta, wanted));
  opened.meta = *std::move(meta);
  return opened;
}

}  // namespace phoenix
