#ifndef LIBS_FLOW_SIMULATION_EVENT_NUMBERS_H_
#define LIBS_FLOW_SIMULATION_EVENT_NUMBERS_H_

#include <cstdint>

#include "libs/event/outcome.h"
#include "libs/event/selection.h"

namespace phoenix::flow::simulation {

// Simulated events are numbers, counted from 1: the number is the payload, and
// says what must become of the event.

// Few, so that events of one key stand close to each other.
inline constexpr int64_t kKeys = 5;

inline int64_t KeyOf(int64_t event) { return event % kKeys; }

// The ingestor filters, the processor dead-letters, the sink rejects.
inline bool IsFiltered(int64_t event) { return event % 7 == 0; }
inline bool IsDeadLettered(int64_t event) { return event % 11 == 0; }
inline bool IsRejected(int64_t event) { return event % 13 == 0; }

Outcome ExpectedOutcome(int64_t event);

// A batch of `count` events from `first`.
BatchView MakeEvents(int64_t first, int64_t count);

// The same view, of a batch that carries the number of an attempt to send it.
BatchView Stamp(const BatchView& view, int64_t attempt);

// That number.
int64_t AttemptOf(const BatchView& view);

// The number of the event in that row.
int64_t EventAt(const BatchView& view, uint32_t row);

}  // namespace phoenix::flow::simulation

#endif  // LIBS_FLOW_SIMULATION_EVENT_NUMBERS_H_
