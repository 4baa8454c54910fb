#ifndef LIBS_COMPONENT_DEAD_LETTER_ID_H_
#define LIBS_COMPONENT_DEAD_LETTER_ID_H_

#include <cstdint>
#include <string>

#include "libs/event/event_batch.h"

namespace phoenix {

// The id of the dead letter of an event: `<source>#<id>#<digest>`, where 16 hex
// digits stand for the payload and all attributes but the trace context. So it
// is the same when that event is sent again and fails again, and another one
// for another event, though a producer may have given both the same id.
std::string DeadLetterId(const EventBatch& events, uint32_t row);

}  // namespace phoenix

#endif  // LIBS_COMPONENT_DEAD_LETTER_ID_H_
