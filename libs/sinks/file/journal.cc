#include "libs/sinks/file/journal.h"

#include <stdio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/crc32c.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/io/errno_status.h"
#include "libs/io/write_all.h"

namespace phoenix {
namespace {

// Before each entry: four bytes to find entries behind damage by, the length of
// the entry, and the CRC of length and entry; little-endian.
constexpr std::string_view kMark = "phxD";
constexpr size_t kHeaderBytes = 12;

uint32_t LoadNumber(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) {
    value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  }
  return value;
}

void StoreNumber(uint32_t value, char* to) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<char>(value >> 8 * i);
}

std::array<char, kHeaderBytes> HeaderOf(std::string_view entry) {
  std::array<char, kHeaderBytes> header;
  std::memcpy(header.data(), kMark.data(), kMark.size());
  StoreNumber(static_cast<uint32_t>(entry.size()), &header[4]);
  const uint32_t crc = ExtendCrc32c(Crc32c({&header[4], 4}), entry);
  StoreNumber(crc, &header[8]);
  return header;
}

// The entry at the beginning of `bytes`, if there is a whole one.
std::optional<std::string_view> FirstEntry(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMark)) return {};
  const uint32_t size = LoadNumber(bytes, 4);
  if (size > Journal::kMaxEntryBytes || size > bytes.size() - kHeaderBytes) {
    return {};
  }
  const std::string_view entry = bytes.substr(kHeaderBytes, size);
  const uint32_t crc = ExtendCrc32c(Crc32c(bytes.substr(4, 4)), entry);
  if (crc != LoadNumber(bytes, 8)) return {};
  return entry;
}

bool HasEntryBehind(std::string_view bytes) {
  for (size_t at = bytes.find(kMark, 1); at != std::string_view::npos;
       at = bytes.find(kMark, at + 1)) {
    if (FirstEntry(bytes.substr(at)).has_value()) return true;
  }
  return false;
}

absl::StatusOr<std::string> ReadWhole(const OpenedFile& file) {
  std::string bytes(file.size, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = pread(file.fd.get(), bytes.data() + done,
                              bytes.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return ErrnoStatus(errno, Cat("cannot read '", file.path, "'"));
    done += static_cast<size_t>(got);
  }
  return bytes;
}

absl::Status Failed(const char* deed, const OpenedFile& file) {
  return ErrnoStatus(errno, Cat("cannot ", deed, " '", file.path, "'"));
}

}  // namespace

absl::Status ReadJournal(
    std::string_view bytes, const std::string& path,
    absl::FunctionRef<absl::Status(std::string_view entry)> visit) {
  size_t at = 0;
  while (at < bytes.size()) {
    const auto entry = FirstEntry(bytes.substr(at));
    if (!entry.has_value()) break;
    PHOENIX_RETURN_IF_ERROR(visit(*entry));
    at += kHeaderBytes + entry->size();
  }
  if (at == bytes.size() || !HasEntryBehind(bytes.substr(at))) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrFormat(
      "'%s' is damaged at byte %d: it says what the sink has written; without "
      "it, which is how the sink starts when the file is moved away, events "
      "that come again are written again",
      path, at));
}

absl::Status Journal::Load(
    absl::FunctionRef<absl::Status(std::string_view entry)> visit) {
  file_.reset();
  PHOENIX_ASSIGN_OR_RETURN(OpenedFile file,
                           directory_.OpenFile(path_, /*truncate=*/false));
  PHOENIX_ASSIGN_OR_RETURN(const std::string bytes, ReadWhole(file));
  PHOENIX_RETURN_IF_ERROR(ReadJournal(bytes, file.path, visit));
  file_ = std::move(file);
  return absl::OkStatus();
}

absl::Status Journal::Replace(std::string_view entry) {
  PHOENIX_ASSIGN_OR_RETURN(
      OpenedFile fresh,
      directory_.OpenFile(Cat(path_, ".new"), /*truncate=*/true));
  const std::string name =
      fresh.name.substr(0, fresh.name.size() - std::strlen(".new"));
  // The old one stays locked until the new one has its name.
  const auto old = std::exchange(file_, std::move(fresh));
  size_ = 0;
  PHOENIX_RETURN_IF_ERROR(WriteEntry(entry));
  if (fdatasync(file_->fd.get()) != 0) return Failed("sync", *file_);
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.record.before_rename"));
  const int directory = file_->directory.get();
  if (renameat(directory, file_->name.c_str(), directory, name.c_str()) != 0) {
    return Failed("rename", *file_);
  }
  file_->name = name;
  if (fsync(directory) != 0) return Failed("sync the directory of", *file_);
  return PHOENIX_FAILPOINT("file.record.after_rename");
}

absl::Status Journal::Append(std::string_view entry) {
  PHOENIX_RETURN_IF_ERROR(WriteEntry(entry));
  if (sync_ && fdatasync(file_->fd.get()) != 0) return Failed("sync", *file_);
  return absl::OkStatus();
}

absl::Status Journal::WriteEntry(std::string_view entry) {
  const auto header = HeaderOf(entry);
  const int fd = file_->fd.get();
  int error = WriteAll(fd, {header.data(), header.size()});
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.record.half_written"));
  if (error == 0) error = WriteAll(fd, entry);
  if (error != 0) {
    return ErrnoStatus(error, Cat("cannot write '", file_->path, "'"));
  }
  size_ += header.size() + entry.size();
  return absl::OkStatus();
}

}  // namespace phoenix
