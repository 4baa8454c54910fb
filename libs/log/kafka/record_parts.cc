#include "libs/log/kafka/record_parts.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_part.h"

namespace phoenix {
namespace {

absl::Status AddParts(const EventBatch& batch, const RecordLimits& limits,
                      const std::string& topic, RecordParts& parts) {
  SharedBytes value = EncodeEventBatch(batch);
  const size_t bytes = value.size() + kRecordOverheadBytes;
  const size_t limit = limits.Of(batch.size());
  if (bytes <= limit) {
    parts.values.push_back(std::move(value));
    parts.events.push_back(batch.size());
    return absl::OkStatus();
  }
  if (batch.size() == 1) {
    return absl::InvalidArgumentError(
        Cat("event that takes up ", bytes, " bytes as a record: topic '", topic,
            "' takes at most ", limit, " (`max.message.bytes`)"));
  }
  const uint32_t half = batch.size() / 2;
  PHOENIX_RETURN_IF_ERROR(
      AddParts(*BatchPart(batch, 0, half), limits, topic, parts));
  return AddParts(*BatchPart(batch, half, batch.size()), limits, topic, parts);
}

}  // namespace

void RecordLimits::Lower(size_t topic_bytes) {
  batch_bytes_ = std::min(batch_bytes_, topic_bytes);
  event_bytes_ = std::min(event_bytes_, topic_bytes);
}

void RecordLimits::Refused(size_t bytes, uint32_t events) {
  event_bytes_ = std::min(event_bytes_, bytes - 1);
  if (events > 1) batch_bytes_ = std::min(batch_bytes_, bytes / 2);
}

absl::StatusOr<RecordParts> EncodeInParts(const EventBatch& batch,
                                          const RecordLimits& limits,
                                          const std::string& topic) {
  RecordParts parts;
  PHOENIX_RETURN_IF_ERROR(AddParts(batch, limits, topic, parts));
  return parts;
}

}  // namespace phoenix
