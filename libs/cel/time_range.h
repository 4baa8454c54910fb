#ifndef LIBS_CEL_TIME_RANGE_H_
#define LIBS_CEL_TIME_RANGE_H_

#include "absl/time/time.h"
#include "libs/cel/function.h"
#include "libs/cel/value.h"

namespace phoenix::cel {

// The value, or kOverflow when it is outside of what CEL (and protobuf) can
// hold: years 1 to 9999, and durations of up to about 10,000 years.
Value MakeTimestamp(CallContext& context, absl::Time time);
Value MakeDuration(CallContext& context, absl::Duration duration);

}  // namespace phoenix::cel

#endif  // LIBS_CEL_TIME_RANGE_H_
