#ifndef LIBS_SOURCES_PROTO_DURATION_H_
#define LIBS_SOURCES_PROTO_DURATION_H_

#include <chrono>

#include "google/protobuf/duration.pb.h"

namespace phoenix {

// The duration of a config in whole milliseconds; a shorter one that is not
// zero counts as one, so that it does not turn something off.
inline std::chrono::milliseconds ToMillis(
    const google::protobuf::Duration& time) {
  const std::chrono::milliseconds millis(time.seconds() * 1000 +
                                         time.nanos() / 1'000'000);
  const bool some = time.seconds() > 0 || time.nanos() > 0;
  return some && millis.count() == 0 ? std::chrono::milliseconds(1) : millis;
}

}  // namespace phoenix

#endif  // LIBS_SOURCES_PROTO_DURATION_H_
