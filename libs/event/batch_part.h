#ifndef LIBS_EVENT_BATCH_PART_H_
#define LIBS_EVENT_BATCH_PART_H_

#include <cstdint>

#include "libs/event/event_batch.h"

namespace phoenix {

// Rows [begin, end) of a batch as a batch of their own, for what takes no more
// at once. Shares the bytes, of the payloads and values those from the first to
// the last that the rows refer to. Has no identity: its rows have other
// numbers. 0 <= begin < end <= batch.size().
EventBatchPtr BatchPart(const EventBatch& batch, uint32_t begin, uint32_t end);

}  // namespace phoenix

#endif  // LIBS_EVENT_BATCH_PART_H_
