#ifndef LIBS_LOG_EMBEDDED_PENDING_APPEND_H_
#define LIBS_LOG_EMBEDDED_PENDING_APPEND_H_

#include <cstdint>

#include "libs/event/event_batch.h"
#include "libs/log/embedded/record_body.h"
#include "libs/log/log.h"

namespace phoenix {

// A batch that waits to be stored, encoded by whoever appended it.
struct PendingAppend {
  EventBatchPtr batch;
  uint64_t lane = 0;
  Log::AppendCallback done;
  RecordBody body;

  // What it will take in a segment, identity aside.
  uint64_t record_bytes() const { return body.header.padded_bytes(); }
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_PENDING_APPEND_H_
