#include "libs/kafka/group_lag.h"

#include <algorithm>
#include <utility>

namespace phoenix {

void GroupLag::AskIfDue(std::vector<TopicPartition> partitions) {
  const int64_t now = clock_.MonotonicNanos();
  if (now < next_nanos_) return;
  next_nanos_ = now + absl::ToInt64Nanoseconds(kInterval);
  if (!consumer_.FindEnds(partitions, kTimeout).ok()) return;
  std::sort(partitions.begin(), partitions.end());
  ends_ = std::move(partitions);
}

Watermarks GroupLag::MarksOf(const TopicPartition& partition) {
  Watermarks marks = consumer_.KnownWatermarks(partition);
  // The first that is not before its offset 0.
  const auto end =
      std::lower_bound(ends_.begin(), ends_.end(),
                       TopicPartition{partition.topic, partition.partition, 0});
  if (end != ends_.end() && end->topic == partition.topic &&
      end->partition == partition.partition) {
    marks.high = std::max(marks.high, end->offset);
  }
  return marks;
}

int64_t GroupLag::LagOf(const TopicPartition& partition) {
  if (partition.offset < 0) return 0;
  const Watermarks marks = MarksOf(partition);
  return std::max<int64_t>(marks.high - std::max(marks.low, partition.offset),
                           0);
}

}  // namespace phoenix
