#include "libs/log/retained/retained_log.h"

#include "libs/base/text.h"

namespace phoenix {

bool RetainedLog::empty() const {
  for (int32_t partition = 0; partition < partition_count(); ++partition) {
    const Extent found = extent(partition);
    if (found.first_offset < found.end_offset) return false;
  }
  return true;
}

std::string RetainedLog::OffsetName(int32_t partition, int64_t offset) const {
  if (partition_count() == 1) return Cat(offset);
  return Cat(partition, "/", offset);
}

std::string RetainedLog::DescribeExtents() const {
  std::string text;
  for (int32_t partition = 0; partition < partition_count(); ++partition) {
    const Extent found = extent(partition);
    if (found.first_offset == found.end_offset) continue;
    CatTo(text, text.empty() ? "" : ", ",
          OffsetName(partition, found.first_offset), " to ",
          OffsetName(partition, found.end_offset - 1));
  }
  return text;
}

absl::StatusOr<std::vector<LogRange>> RetainedLog::Split(
    const LogRange& range) const {
  const int32_t count = partition_count();
  const bool all = range.partition == LogRange::kAllPartitions;
  if (range.partition >= count) {
    return absl::InvalidArgumentError(Cat("partition ", range.partition, ": ",
                                          name(), " has ", count,
                                          " partitions, the first is 0"));
  }
  if (all && count > 1 && range.has_offsets()) {
    return absl::InvalidArgumentError(
        Cat("an offset alone does not say where: ", name(), " has ", count,
            " partitions: expected PARTITION/OFFSET, as '0/131072'"));
  }
  std::vector<LogRange> ranges;
  for (int32_t partition = 0; partition < count; ++partition) {
    if (!all && partition != range.partition) continue;
    ranges.push_back(range);
    ranges.back().partition = partition;
  }
  return ranges;
}

}  // namespace phoenix
