#ifndef LIBS_EVENT_DECODE_ERROR_H_
#define LIBS_EVENT_DECODE_ERROR_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// One event that a decoder could not take; its neighbours are not affected.
struct DecodeError {
  // Where in the input: the number of the line, from 1, for a form of lines;
  // the index of the element, from 0, for any other.
  uint64_t position = 0;

  // Why: says what was found and what was expected. The text does not repeat
  // the position.
  absl::Status status;

  // The event as it came, sharing the input; empty when it was too long to be
  // held.
  SharedBytes bytes;
};

// What a decoder made of some input.
struct DecodedBatch {
  EventBatchPtr batch;              // Null when there was no valid event.
  std::vector<DecodeError> errors;  // By ascending position.

  // For a form of lines: the last line that the batch was made of, so that
  // every line up to it is in this batch, its errors, or what came before.
  uint64_t last_line = 0;
};

}  // namespace phoenix

#endif  // LIBS_EVENT_DECODE_ERROR_H_
