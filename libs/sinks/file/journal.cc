#include "libs/sinks/file/journal.h"

#include <stdio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

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

// Of an entry, one behind the other.
constexpr int kCopies = 2;

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

// Where the next entry begins; the end when there is none.
size_t NextEntry(std::string_view bytes, size_t at) {
  while ((at = bytes.find(kMark, at)) != std::string_view::npos) {
    if (FirstEntry(bytes.substr(at)).has_value()) return at;
    ++at;
  }
  return bytes.size();
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

absl::StatusOr<JournalDamage> ReadJournal(
    std::string_view bytes,
    absl::FunctionRef<absl::Status(std::string_view entry)> visit) {
  JournalDamage damage;
  std::string_view last;
  bool is_second = false;  // `last`, of its copies.
  for (size_t at = 0; at < bytes.size();) {
    const size_t next = NextEntry(bytes, at);
    if (next == bytes.size()) {
      // What is as long as a second copy was one; a crash leaves anything.
      const bool is_copy = !last.empty() && !is_second &&
                           next - at == kHeaderBytes + last.size();
      if (is_copy && damage.bytes == 0) damage = {at, next - at};
      break;
    }
    if (next > at && !damage.inside) damage = {at, next - at, true};
    const std::string_view entry = *FirstEntry(bytes.substr(next));
    is_second = !is_second && entry == last;
    last = entry;
    PHOENIX_RETURN_IF_ERROR(visit(entry));
    at = next + kHeaderBytes + entry.size();
  }
  return damage;
}

absl::StatusOr<JournalDamage> Journal::Load(
    absl::FunctionRef<absl::Status(std::string_view entry)> visit) {
  file_.reset();
  if (!Exists()) return JournalDamage();
  PHOENIX_ASSIGN_OR_RETURN(OpenedFile file,
                           directory_.OpenFile(path_, /*truncate=*/false));
  PHOENIX_ASSIGN_OR_RETURN(const std::string bytes, ReadWhole(file));
  PHOENIX_ASSIGN_OR_RETURN(const JournalDamage damage,
                           ReadJournal(bytes, visit));
  file_ = std::move(file);
  return damage;
}

absl::Status Journal::Replace(std::string_view entry) {
  PHOENIX_ASSIGN_OR_RETURN(
      OpenedFile fresh,
      directory_.OpenFile(Cat(path_, ".new"), /*truncate=*/true));
  const std::string name =
      fresh.name.substr(0, fresh.name.size() - std::strlen(".new"));
  if (!file_.has_value() && Exists()) {
    return absl::FailedPreconditionError(
        Cat("'", path(), "' is being written by another process or sink"));
  }
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
  frames_.clear();
  for (int copy = 0; copy < kCopies; ++copy) {
    frames_.append(header.data(), header.size()).append(entry);
  }
  const std::string_view frames = frames_;
  const int fd = file_->fd.get();
  int error = WriteAll(fd, frames.substr(0, kHeaderBytes));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("file.record.half_written"));
  if (error == 0) error = WriteAll(fd, frames.substr(kHeaderBytes));
  if (error != 0) {
    return ErrnoStatus(error, Cat("cannot write '", file_->path, "'"));
  }
  size_ += frames.size();
  return absl::OkStatus();
}

}  // namespace phoenix
