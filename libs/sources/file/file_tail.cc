#include "libs/sources/file/file_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/event_reason.h"
#include "libs/event/outcome.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// What some programs begin a text with; no part of its first row.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

absl::Status Failed(const char* what, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " '", path, "'"));
}

bool AllFinal(const BatchOutcome& outcome) {
  return outcome.Count(Outcome::kRetry) == 0;
}

std::string_view WithoutByteOrderMark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return text;
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileTail>> FileTail::Open(
    const std::string& path, const std::optional<FilePosition>& last,
    Options options, Clock& clock) {
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
  tail->GoTo(tail->ResumeAt(last));
  return tail;
}

FileTail::FileTail(std::string path, OwnedFd fd, Options options, Clock& clock)
    : path_(std::move(path)),
      fd_(std::move(fd)),
      options_(std::move(options)),
      clock_(clock),
      buffer_(kReadBytes),
      unreadable_(options_.decode.defaults.source),
      lines_(fd_.get()) {}

uint64_t FileTail::ResumeAt(const std::optional<FilePosition>& last) const {
  const bool same = last.has_value() && Is(last->device, last->inode) &&
                    last->offset <= Size() && HasHead(fd_.get(), last->head);
  return same ? last->offset : 0;
}

uint64_t FileTail::Size() const {
  struct stat info {};
  return fstat(fd_.get(), &info) == 0 ? static_cast<uint64_t>(info.st_size) : 0;
}

bool FileTail::unlinked() const {
  struct stat info {};
  return fstat(fd_.get(), &info) == 0 && info.st_nlink == 0;
}

void FileTail::GoTo(uint64_t offset) {
  start_ = offset_ = offset;
  head_ = ReadFileHead(fd_.get(), offset);
  lines_ = LineFinder(fd_.get());
  first_line_ = std::nullopt;
  settled_ = std::make_shared<SettledPrefix>(offset);
  RowDecoderOptions decode = options_.decode;
  // Unique: two runs never read the same place of a file as different rows.
  absl::StrAppend(&decode.defaults.id_prefix, absl::Hex(inode_), ".",
                  generation_, "-", offset, "-");
  if (options_.format == Format::kNdjson) {
    decoder_ = MakeNdjsonRowDecoder(std::move(decode));
  } else {
    const std::string header = offset > 0 ? ReadHeader() : "";
    decoder_ =
        MakeCsvRowDecoder(std::move(decode), WithoutByteOrderMark(header));
  }
}

void FileTail::BeginAnew() {
  Logger::Process().Info("File was rewritten; reading from its beginning.",
                         {{"file.path", path_}, {"read_bytes", offset_}});
  ++generation_;
  GoTo(0);
}

std::string FileTail::ReadHeader() const {
  std::string bytes(options_.decode.max_row_bytes + kByteOrderMark.size(),
                    '\0');
  const ssize_t got = pread(fd_.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

absl::StatusOr<bool> FileTail::ReadSome(PatientOutlet& outlet) {
  const ssize_t got = pread(fd_.get(), buffer_.data(), buffer_.size(),
                            static_cast<off_t>(offset_));
  if (got < 0) return Failed("read", path_);
  const std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
  // Looked at after reading. What was read of a file that is shorter by now had
  // been there before; of one that begins otherwise, it is of the new rows.
  const bool cut = Size() < offset_ + bytes.size();
  if (!cut && !HasHead(fd_.get(), head_)) {
    BeginAnew();
    return true;
  }
  if (!bytes.empty()) PHOENIX_RETURN_IF_ERROR(Take(bytes, outlet));
  if (cut) BeginAnew();
  return cut || !bytes.empty();
}

absl::Status FileTail::Take(std::string_view bytes, PatientOutlet& outlet) {
  const bool first = offset_ == 0;
  offset_ += bytes.size();
  head_.Extend(bytes);
  if (first) {
    const std::string_view rows = WithoutByteOrderMark(bytes);
    start_ = bytes.size() - rows.size();
    bytes = rows;
  }
  decoder_->Feed(bytes, NowNanos(), decoded_);
  return OfferDecoded(outlet);
}

absl::Status FileTail::Finish(PatientOutlet& outlet) {
  decoder_->Finish(NowNanos(), decoded_);
  return OfferDecoded(outlet);
}

absl::Status FileTail::OfferDecoded(PatientOutlet& outlet) {
  const std::vector<DecodedBatch> decoded = std::exchange(decoded_, {});
  const std::vector<UnreadableInput> unreadable = TakeUnreadable(decoded);
  size_t offers = unreadable.size();
  for (const DecodedBatch& one : decoded) offers += one.batch != nullptr;
  const uint64_t chunk = settled_->Add(start_ + decoder_->consumed(), offers);
  const auto settle = [settled = settled_, chunk]() -> SettleCallback {
    return [settled, chunk](const BatchOutcome& outcome) {
      if (AllFinal(outcome)) settled->Settle(chunk);
    };
  };
  for (const DecodedBatch& one : decoded) {
    if (one.batch == nullptr) continue;
    PHOENIX_RETURN_IF_ERROR(outlet.Offer(one.batch, options_.lane, settle));
  }
  for (const UnreadableInput& input : unreadable) {
    PHOENIX_RETURN_IF_ERROR(outlet.OfferUnreadable(input, settle));
  }
  return absl::OkStatus();
}

std::vector<UnreadableInput> FileTail::TakeUnreadable(
    const std::vector<DecodedBatch>& decoded) {
  for (const DecodedBatch& one : decoded) {
    for (const DecodeError& error : one.errors) AddUnreadable(error);
  }
  return unreadable_.Take(NowNanos());
}

void FileTail::AddUnreadable(const DecodeError& error) {
  const uint64_t line = LineOf(error);
  const bool overlong = error.bytes.empty();
  const std::string beginning =
      overlong ? lines_.ReadLine(line, options_.decode.max_row_bytes) : "";
  const std::string_view bytes = overlong ? beginning : error.bytes.view();
  // Tells it from a row of a file that had the inode before.
  FileHead content;
  content.Extend(bytes);
  unreadable_.Add({.bytes = bytes,
                   .place = Cat(path_, ":", line),
                   .id = absl::StrCat(absl::Hex(inode_), "-", line, "-",
                                      absl::Hex(content.crc)),
                   .why = error.status,
                   .type = overlong ? kEventTooLarge : kEventInvalid},
                  NowNanos());
  Logger::Process().Warn(
      "Row of a file can't be read.",
      {{"file.path", path_}, {"file.line", line}, {"error", error.status}});
}

// Counts the lines before where the decoder began only when it matters.
uint64_t FileTail::LineOf(const DecodeError& error) {
  if (!first_line_.has_value()) first_line_ = lines_.LineAt(start_);
  return *first_line_ + error.position - 1;
}

FilePosition FileTail::position() const {
  return {path_, device_, inode_, settled_->position(), head_};
}

int64_t FileTail::NowNanos() const { return absl::ToUnixNanos(clock_.Now()); }

}  // namespace phoenix
