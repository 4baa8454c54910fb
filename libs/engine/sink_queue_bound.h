#ifndef LIBS_ENGINE_SINK_QUEUE_BOUND_H_
#define LIBS_ENGINE_SINK_QUEUE_BOUND_H_

#include <algorithm>
#include <cstdint>

namespace phoenix {

// The most bytes that the queue before a sink holds, when it is told to hold
// `queue_bytes` and no view is larger than `max_view_bytes` (as
// BatchView::memory_bytes counts). A view that is larger than the whole queue
// passes when nothing else is in it, so that a tiny queue slows a pipeline down
// and never stops it; no other view passes the bound.
//
// What the queue holds is what the sink has not settled: a sink that collects
// rows for a large write has them in here too. Beside it are
//   - at the lanes, one view each that waits for room in some queue;
//   - dead letters that wait for room (SinkPort::OfferLater): at most those of
//     all events in flight.
inline int64_t MaxSinkQueueBytes(int64_t queue_bytes, int64_t max_view_bytes) {
  return std::max(queue_bytes, max_view_bytes);
}

}  // namespace phoenix

#endif  // LIBS_ENGINE_SINK_QUEUE_BOUND_H_
