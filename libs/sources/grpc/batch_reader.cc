#include "libs/sources/grpc/batch_reader.h"

#include <limits>
#include <utility>

namespace phoenix {
namespace {

BatchLimits LimitsFor(size_t max_event_bytes) {
  BatchLimits limits;
  limits.max_event_bytes = max_event_bytes;
  limits.max_bytes = std::numeric_limits<uint32_t>::max();
  return limits;
}

}  // namespace

BatchReader::BatchReader(size_t max_event_bytes)
    : builder_(EventDefaults{}, LimitsFor(max_event_bytes)) {}

DecodedBatch BatchReader::Read(const Events& events,
                               int64_t receive_time_nanos) {
  DecodedBatch decoded;
  for (int i = 0; i < events.size(); ++i) {
    absl::Status added = decoder_.Add(events[i], builder_);
    if (added.ok()) continue;
    decoded.errors.push_back(
        {static_cast<uint64_t>(i), std::move(added), SharedBytes()});
  }
  decoded.batch = builder_.Build(receive_time_nanos);
  return decoded;
}

}  // namespace phoenix
