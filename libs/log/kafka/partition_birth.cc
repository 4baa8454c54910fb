#include "libs/log/kafka/partition_birth.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr std::string_view kTag = "phoenix-log";

}  // namespace

std::string PartitionBirth::Encode() const {
  return Cat(kTag, " ", record, " ", time_millis);
}

std::optional<PartitionBirth> PartitionBirth::Decode(std::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(ToAbsl(text), ' ');
  PartitionBirth birth;
  if (parts.size() != 3 || parts[0] != ToAbsl(kTag) ||
      !absl::SimpleAtoi(parts[1], &birth.record) ||
      !absl::SimpleAtoi(parts[2], &birth.time_millis)) {
    return std::nullopt;
  }
  return birth;
}

std::string PartitionBirth::LogName(
    const std::string& topic_and_cluster) const {
  return Cat(topic_and_cluster, "#", time_millis);
}

// All that came before the record, or with it, is as old or is gone; all that a
// new topic holds is younger.
absl::StatusOr<bool> IsMadeAnew(TopicAdmin admin, const std::string& topic,
                                int32_t partition,
                                const PartitionBirth& birth) {
  if (birth.record == PartitionBirth::kUnknownRecord) return false;
  PHOENIX_ASSIGN_OR_RETURN(
      const int64_t first_younger,
      admin.FindOffset(topic, partition,
                       absl::FromUnixMillis(birth.time_millis + 1)));
  return first_younger <= birth.record;
}

}  // namespace phoenix
