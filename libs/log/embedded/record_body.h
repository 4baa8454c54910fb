#ifndef LIBS_LOG_EMBEDDED_RECORD_BODY_H_
#define LIBS_LOG_EMBEDDED_RECORD_BODY_H_

#include <string>

#include "absl/status/statusor.h"
#include "libs/base/byte_pieces.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/log/embedded/record_header.h"

namespace phoenix {

// A batch on its way into a segment: what can be prepared before its offset is
// known. `header.body_crc` and `header.body_bytes` cover the message alone.
struct RecordBody {
  RecordHeader header;
  BytePieces message;  // As it is stored.
};

// Encodes a batch, compresses it if told so, and computes its checksum. The
// payloads are lent where they lie. INVALID_ARGUMENT when it is larger than a
// record can be.
absl::StatusOr<RecordBody> EncodeRecordBody(const EventBatch& batch,
                                            Compression compression);

// Puts `identity`, as EncodeIdentityField made it or empty, behind the message,
// in the header's size and checksum.
void AddIdentity(std::string_view identity, RecordHeader& header);

// The batch of a record that a scanner gave: the parts of `body` where they
// lie. DATA_LOSS when it is no batch, or another number of events.
absl::StatusOr<EventBatchPtr> DecodeRecordBody(const RecordHeader& header,
                                               const SharedBytes& body);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RECORD_BODY_H_
