#ifndef LIBS_EVENT_PAYLOAD_BYTES_H_
#define LIBS_EVENT_PAYLOAD_BYTES_H_

#include <cstdint>

#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

// The bytes of all payloads of a batch: what metrics count as events' bytes.
inline uint64_t PayloadBytes(const EventBatch& batch) {
  uint64_t bytes = 0;
  for (const ByteRange& range : *batch.payloads().ranges) bytes += range.size();
  return bytes;
}

// The same of some of its rows.
inline uint64_t PayloadBytes(const EventBatch& batch, const Selection& rows) {
  const std::vector<ByteRange>& ranges = *batch.payloads().ranges;
  uint64_t bytes = 0;
  for (uint32_t row : rows) bytes += ranges[row].size();
  return bytes;
}

}  // namespace phoenix

#endif  // LIBS_EVENT_PAYLOAD_BYTES_H_
