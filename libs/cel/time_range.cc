#include "libs/cel/time_range.h"

namespace phoenix::cel {
namespace {

// 0001-01-01T00:00:00Z and the second after 9999-12-31T23:59:59Z.
constexpr int64_t kMinTimestampSeconds = -62135596800;
constexpr int64_t kEndTimestampSeconds = 253402300800;
// As in google/protobuf/duration.proto.
constexpr int64_t kMaxDurationSeconds = 315576000000;

}  // namespace

Value MakeTimestamp(CallContext& context, absl::Time time) {
  if (time < absl::FromUnixSeconds(kMinTimestampSeconds) ||
      time >= absl::FromUnixSeconds(kEndTimestampSeconds)) {
    return context.Error(ErrorCode::kOverflow,
                         "timestamp is not within the years 1 to 9999");
  }
  return Value::Timestamp(time);
}

Value MakeDuration(CallContext& context, absl::Duration duration) {
  if (absl::AbsDuration(duration) > absl::Seconds(kMaxDurationSeconds)) {
    return context.Error(ErrorCode::kOverflow,
                         "duration is longer than 315576000000s");
  }
  return Value::Duration(duration);
}

}  // namespace phoenix::cel
