#include "libs/kafka/latest_start.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"

namespace phoenix {
namespace {

constexpr int64_t kEarliest = RD_KAFKA_OFFSET_BEGINNING;

bool HasOffset(const TopicPartition& partition) {
  return partition.offset >= 0;
}

}  // namespace

absl::Status LatestStart::Look() {
  if (ends_.has_value()) return absl::OkStatus();
  PHOENIX_ASSIGN_OR_RETURN(ends_, consumer_.FindSubscribedEnds(timeout_));
  return absl::OkStatus();
}

absl::Status LatestStart::Fill(std::vector<TopicPartition>& partitions) {
  known_ |= std::any_of(partitions.begin(), partitions.end(), HasOffset);
  if (!known_) PHOENIX_RETURN_IF_ERROR(LookWhetherKnown());
  for (TopicPartition& one : partitions) {
    if (!HasOffset(one)) one.offset = known_ ? kEarliest : EndOf(one);
  }
  if (known_) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(consumer_.Commit(*ends_, /*wait=*/true));
  known_ = true;
  return absl::OkStatus();
}

absl::Status LatestStart::LookWhetherKnown() {
  PHOENIX_RETURN_IF_ERROR(Look());
  std::vector<TopicPartition> committed = *ends_;
  PHOENIX_RETURN_IF_ERROR(consumer_.FindCommitted(committed, timeout_));
  known_ = std::any_of(committed.begin(), committed.end(), HasOffset);
  return absl::OkStatus();
}

// What was not there at the look came after it.
int64_t LatestStart::EndOf(const TopicPartition& partition) const {
  for (const TopicPartition& end : *ends_) {
    if (end.topic == partition.topic && end.partition == partition.partition) {
      return end.offset;
    }
  }
  return kEarliest;
}

}  // namespace phoenix
