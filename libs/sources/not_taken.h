#ifndef LIBS_SOURCES_NOT_TAKEN_H_
#define LIBS_SOURCES_NOT_TAKEN_H_

#include "absl/status/status.h"
#include "libs/event/outcome.h"

namespace phoenix {

// The ErrorInfo reason of an answer that passes WhyNotTaken on.
inline constexpr char kNotTaken[] = "NOT_TAKEN";

// What a producer is told of rows that settled as kRetry: what keeps the
// pipeline from taking them now, such as a log whose disk is full.
// RESOURCE_EXHAUSTED when room is what is missing, else UNAVAILABLE; the
// message begins with the name of who said so. OK when nobody gave such a
// reason: then the process stops.
absl::Status WhyNotTaken(const BatchOutcome& outcome);

}  // namespace phoenix

#endif  // LIBS_SOURCES_NOT_TAKEN_H_
