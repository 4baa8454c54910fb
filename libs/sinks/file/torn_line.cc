#include "libs/sinks/file/torn_line.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/base/status_macros.h"
#include "libs/io/errno_status.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How much of the end is read first; twice as much each time that it holds no
// line end.
constexpr uint64_t kFirstLookBytes = 64 << 10;

absl::StatusOr<std::string> ReadEnd(const OpenedFile& file, uint64_t size) {
  std::string end(size, '\0');
  size_t done = 0;
  while (done < size) {
    const auto offset = static_cast<off_t>(file.size - size + done);
    const ssize_t got =
        pread(file.fd.get(), end.data() + done, size - done, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      return ErrnoStatus(errno, absl::StrFormat("cannot read '%s'", file.path));
    }
    done += static_cast<size_t>(got);
  }
  return end;
}

// What follows the last line end; all of a file that has none. Empty when that
// is longer than a torn line can be.
absl::StatusOr<std::string> ReadUnendedLine(const OpenedFile& file) {
  for (uint64_t size = kFirstLookBytes;; size *= 2) {
    size = std::min<uint64_t>(size, file.size);
    PHOENIX_ASSIGN_OR_RETURN(std::string end, ReadEnd(file, size));
    const size_t line_end = end.rfind('\n');
    if (line_end != std::string::npos) return end.substr(line_end + 1);
    if (size == file.size) return end;
    if (size >= kMaxTornBytes) return std::string();
  }
}

bool IsJson(std::string_view text) {
  const ByteRange all{0, static_cast<uint32_t>(text.size())};
  JsonIndex index;
  std::vector<JsonError> errors;
  JsonIndexer().Index(text, absl::MakeConstSpan(&all, 1), index, errors);
  return errors.empty();
}

}  // namespace

absl::Status CutTornLine(OpenedFile& file) {
  if (file.ends_in_line) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(const std::string line, ReadUnendedLine(file));
  if (line.empty() || IsJson(line)) return absl::OkStatus();
  const uint64_t whole = file.size - line.size();
  if (ftruncate(file.fd.get(), static_cast<off_t>(whole)) != 0) {
    return ErrnoStatus(errno,
                       absl::StrFormat("cannot truncate '%s'", file.path));
  }
  Logger::Process().Warn(
      "Half a line, left by a writer that was killed, was cut off.",
      {{"path", file.path}, {"bytes", line.size()}});
  file.size = whole;
  file.ends_in_line = true;
  return absl::OkStatus();
}

}  // namespace phoenix
