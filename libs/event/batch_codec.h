#ifndef LIBS_EVENT_BATCH_CODEC_H_
#define LIBS_EVENT_BATCH_CODEC_H_

#include "absl/status/statusor.h"
#include "libs/base/byte_pieces.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"

namespace phoenix {

// The batch as a serialized phoenix.event.v1.EventBatch. A batch that came
// encoded is returned as the very bytes that came. Bytes of a blob that no row
// refers to are left out where they are more than half of it.
SharedBytes EncodeEventBatch(const EventBatch& batch);

// The same, in pieces: the blob of the payloads is lent, not copied.
BytePieces EncodeInPieces(const EventBatch& batch);

// Reads a serialized phoenix.event.v1.EventBatch where it lies: the columns of
// the batch are parts of `encoded`, which the batch keeps alive and gives back
// from encoded(). Unknown fields are tolerated. INVALID_ARGUMENT, naming the
// field and what was expected, when the bytes are no such message, a range
// leaves its blob, a count is wrong, an enum value is unknown, or text is not
// UTF-8. Payloads are bytes here: what they hold is not looked at.
absl::StatusOr<EventBatchPtr> DecodeEventBatch(SharedBytes encoded);

// Whether sending `view` pays for leaving out the rows that it does not select:
// it has less than half of the payload bytes of its batch. Otherwise the
// batch's own bytes, which may have come encoded, are cheaper to pass on.
bool ShouldThin(const BatchView& view);

// The batch of `view` for a receiver that gets view.rows beside it: as
// EncodeEventBatch, or, if ShouldThin, a batch with the same rows in which
// those not selected are null and empty. Rows keep their numbers, and so the
// identity (log, partition, offset) of every event and the rows of its outcome
// stay what they were. The blob of the payloads is lent, not copied.
BytePieces EncodeSelection(const BatchView& view);

}  // namespace phoenix

#endif  // LIBS_EVENT_BATCH_CODEC_H_
