#include "libs/kafka/record_limit.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace phoenix {

bool IsTooLarge(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE ||
         error == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

absl::StatusOr<std::optional<size_t>> FindMaxRecordBytes(
    TopicAdmin& admin, const std::string& topic) {
  const auto said = admin.TopicSetting(topic, "max.message.bytes");
  if (absl::IsUnavailable(said.status())) return said.status();
  size_t bytes = 0;
  if (!said.ok() || !absl::SimpleAtoi(*said, &bytes)) return std::nullopt;
  return bytes;
}

size_t SmallerLimit(size_t believed, size_t refused,
                    std::optional<size_t> topic_says, size_t least) {
  const size_t half = std::min(believed, refused) / 2;
  const size_t smaller =
      topic_says.value_or(believed) < believed ? *topic_says : half;
  return std::max(smaller, least);
}

}  // namespace phoenix
