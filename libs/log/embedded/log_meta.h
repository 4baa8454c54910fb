#ifndef LIBS_LOG_EMBEDDED_LOG_META_H_
#define LIBS_LOG_EMBEDDED_LOG_META_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/segment_format.h"

namespace phoenix {

// The folder of a log:
//
//   LOCK         locked while a process has the log open; holds its number
//   META         what the log is; written once, last of all, when it is made
//   cursor       see cursor_file.h
//   reserve      room that is given up when the disk is full
//   segments/    see segment_format.h
//   quarantine/  see quarantine.h
inline constexpr char kMetaFile[] = "META";
inline constexpr char kLockFile[] = "LOCK";
std::string SegmentsFolder(const std::string& folder);
std::string QuarantineFolder(const std::string& folder);

// What META says, as text: a line each `phoenix-log VERSION`, `id` (32
// hexadecimal digits), `pipeline NAME`, and `crc32c` of the lines before.
struct LogMeta {
  uint32_t version = kLogFormatVersion;
  LogId id;
  std::string pipeline;  // Without line feeds.
};

std::string EncodeLogMeta(const LogMeta& meta);

// FAILED_PRECONDITION, with what to do, when this program does not read files
// of that version of the format.
absl::Status CheckLogFormat(uint32_t version);

// FAILED_PRECONDITION when a newer version wrote it, DATA_LOSS when it is
// damaged; says what to do.
absl::StatusOr<LogMeta> ParseLogMeta(std::string_view text);

// What META of the log in `folder` says. NOT_FOUND when there is no log.
absl::StatusOr<LogMeta> ReadLogMeta(FileSystem& files,
                                    const std::string& folder);

// Holds the log in `folder` for this process. FAILED_PRECONDITION when another
// one has it, PERMISSION_DENIED when nobody may write there; says what to do.
absl::StatusOr<std::unique_ptr<FileLock>> LockLogFolder(
    FileSystem& files, const std::string& folder);

// A log's folder, held for this process.
struct LogFolder {
  std::unique_ptr<FileLock> lock;
  LogMeta meta;
};

// Opens the log in `folder`, or makes a new one, for `wanted.pipeline` with
// `wanted.id`, when the folder holds none. FAILED_PRECONDITION when another
// process has it, or it is the log of another pipeline.
absl::StatusOr<LogFolder> OpenLogFolder(FileSystem& files,
                                        const std::string& folder,
                                        const LogMeta& wanted);

// Why OpenLogFolder could not open the folder as it lies there, whoever has it
// open now; OK when there is no log yet. Changes nothing and takes no lock.
absl::Status CheckLogFolder(FileSystem& files, const std::string& folder,
                            const LogMeta& wanted);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_LOG_META_H_
