#ifndef LIBS_EVENT_BATCH_TESTING_H_
#define LIBS_EVENT_BATCH_TESTING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "libs/base/random.h"
#include "libs/event/decode_error.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// All that row `row` holds, in words: two events are the same just when their
// descriptions are.
std::string DescribeEvent(const EventBatch& batch, uint32_t row);

// Every event of a batch.
std::vector<std::string> DescribeEvents(const EventBatch& batch);

// Every event and every error of what a decoder made, without the borders of
// batches, and ids aside.
struct Decoded {
  std::vector<std::string> payloads;
  std::vector<std::string> errors;

  friend bool operator==(const Decoded&, const Decoded&) = default;
};
Decoded Flatten(const std::vector<DecodedBatch>& batches);

// A batch of 1 to `max_events` events with attributes, extensions and payloads
// of every kind, as the generator decides. JSON payloads are valid; ids are
// given or a sequence.
EventBatchPtr RandomBatch(Random& random, uint32_t max_events);

}  // namespace phoenix

#endif  // LIBS_EVENT_BATCH_TESTING_H_
