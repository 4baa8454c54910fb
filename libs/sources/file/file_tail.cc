#include "libs/sources/file/file_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/event/outcome.h"
#include "libs/sources/file/csv_reader.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

absl::Status Failed(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " '", path, "'"));
}

bool AllFinal(const BatchOutcome& outcome) {
  return outcome.Count(Outcome::kRetry) == 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileTail>> FileTail::Open(
    const std::string& path, uint64_t offset, Options options, Clock& clock) {
  OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return Failed("open", path);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return Failed("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "path '", path, "' is a ",
        S_ISDIR(info.st_mode) ? "directory" : "special file",
        ": expected a file, or a pattern such as '", path, "/*.ndjson'"));
  }
  std::unique_ptr<FileTail> tail(
      new FileTail(path, std::move(fd), std::move(options), clock));
  tail->device_ = info.st_dev;
  tail->inode_ = info.st_ino;
  const auto size = static_cast<uint64_t>(info.st_size);
  tail->GoTo(offset <= size ? offset : 0);
  return tail;
}

FileTail::FileTail(std::string path, OwnedFd fd, Options options, Clock& clock)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      options_(std::move(options)),
      clock_(clock),
      buffer_(kReadBytes) {}

void FileTail::GoTo(uint64_t offset) {
  start_ = offset_ = offset;
  settled_ = std::make_shared<SettledPosition>(offset);
  RowDecoderOptions decode = options_.decode;
  // Unique: two runs never read the same place of a file as different rows.
  absl::StrAppend(&decode.defaults.id_prefix, absl::Hex(inode_), "-", offset,
                  "-");
  if (options_.format == Format::kNdjson) {
    decoder_ = MakeNdjsonRowDecoder(std::move(decode));
  } else {
    const std::string header = offset > 0 ? ReadHeader() : "";
    decoder_ = MakeCsvRowDecoder(std::move(decode), header);
  }
}

std::string FileTail::ReadHeader() const {
  std::string bytes(kMaxHeaderBytes, '\0');
  const ssize_t got = pread(fd_.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  CsvRecord record;
  if (ReadCsvRecord(bytes, /*ended=*/true, record) == CsvResult::kRecord) {
    bytes.resize(record.size);
  }
  return bytes;
}

absl::StatusOr<size_t> FileTail::ReadSome(PatientOutlet& outlet) {
  const ssize_t got = pread(fd_.get(), buffer_.data(), buffer_.size(), offset_);
  if (got < 0) return Failed("read", path_);
  if (got == 0) return size_t{0};
  offset_ += static_cast<uint64_t>(got);
  decoder_->Feed({buffer_.data(), static_cast<size_t>(got)}, NowNanos(),
                 decoded_);
  PHOENIX_RETURN_IF_ERROR(OfferDecoded(outlet));
  return static_cast<size_t>(got);
}

absl::Status FileTail::Finish(PatientOutlet& outlet) {
  decoder_->Finish(NowNanos(), decoded_);
  return OfferDecoded(outlet);
}

void FileTail::CheckTruncation() {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) return;
  if (static_cast<uint64_t>(info.st_size) >= offset_) return;
  GoTo(0);
}

absl::Status FileTail::OfferDecoded(PatientOutlet& outlet) {
  std::vector<DecodedBatch> decoded = std::exchange(decoded_, {});
  size_t batches = 0;
  for (const DecodedBatch& one : decoded) {
    for (const DecodeError& error : one.errors) {
      outlet.CountRejected(
          1, error.bytes.empty() ? "EVENT_TOO_LARGE" : "EVENT_INVALID");
      // A file has nobody to answer to.
      Logger::Process().Warn("Row of a file was left out.",
                             {{"file.path", path_},
                              {"file.line", error.position},
                              {"error", error.status}});
    }
    batches += one.batch != nullptr;
  }
  const uint64_t chunk = settled_->Add(start_ + decoder_->consumed(), batches);
  const auto settle = [settled = settled_, chunk]() -> SettleCallback {
    return [settled, chunk](const BatchOutcome& outcome) {
      if (AllFinal(outcome)) settled->Settle(chunk);
    };
  };
  for (const DecodedBatch& one : decoded) {
    if (one.batch == nullptr) continue;
    PHOENIX_RETURN_IF_ERROR(outlet.Offer(one.batch, options_.lane, settle));
  }
  return absl::OkStatus();
}

FilePosition FileTail::position() const {
  return {path_, device_, inode_, settled_->offset()};
}

int64_t FileTail::NowNanos() const { return absl::ToUnixNanos(clock_.Now()); }

}  // namespace phoenix
