#include "libs/log/embedded/quarantine.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

std::string QuarantineFileName(const CorruptRecord& record) {
  return absl::StrFormat("%020d-%d-%d-%d.bin", record.segment_base,
                         record.begin, record.end, record.lost_events);
}

std::optional<CorruptRecord> ParseQuarantineFileName(std::string_view name) {
  absl::string_view stem = ToAbsl(name);
  if (!absl::ConsumeSuffix(&stem, ".bin")) return std::nullopt;
  const std::vector<absl::string_view> parts = absl::StrSplit(stem, '-');
  CorruptRecord record;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &record.segment_base) ||
      !absl::SimpleAtoi(parts[1], &record.begin) ||
      !absl::SimpleAtoi(parts[2], &record.end) ||
      !absl::SimpleAtoi(parts[3], &record.lost_events) ||
      record.end < record.begin) {
    return std::nullopt;
  }
  return record;
}

absl::StatusOr<std::unique_ptr<Quarantine>> Quarantine::Open(
    FileSystem& files, const std::string& folder) {
  std::unique_ptr<Quarantine> quarantine(new Quarantine(files, folder));
  PHOENIX_ASSIGN_OR_RETURN(const auto names, files.List(folder));
  for (const std::string& name : names) {
    const auto record = ParseQuarantineFileName(name);
    if (record) quarantine->Count(*record);
  }
  return quarantine;
}

bool Quarantine::Add(const File& segment, const CorruptRecord& record) {
  if (!Count(record)) return false;
  // It is counted, and lies in its segment still: a copy is for convenience.
  Copy(segment, record).IgnoreError();
  return true;
}

bool Quarantine::Count(const CorruptRecord& record) {
  MutexLock lock(mutex_);
  if (!known_.insert({record.segment_base, record.begin}).second) return false;
  ++counts_.records;
  counts_.events += record.lost_events;
  counts_.bytes += record.bytes();
  return true;
}

absl::Status Quarantine::Copy(const File& segment,
                              const CorruptRecord& record) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.quarantine.before_copy"));
  std::string bytes;
  if (counts().bytes <= kMaxBytes) {
    bytes.resize(record.bytes());
    PHOENIX_ASSIGN_OR_RETURN(
        const size_t read,
        segment.ReadAt(record.begin, bytes.data(), bytes.size()));
    bytes.resize(read);
  }
  return WriteWholeFile(files_, folder_, QuarantineFileName(record), bytes);
}

Quarantine::Counts Quarantine::counts() const {
  MutexLock lock(mutex_);
  return counts_;
}

}  // namespace phoenix
