// Any serialized CloudEvent: one that is taken comes back the same after it was
// written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/event/batch_builder.h"
#include "libs/event/batch_testing.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

using io::cloudevents::v1::CloudEvent;

EventBatchPtr Decode(const CloudEvent& event) {
  BatchBuilder builder({});
  CloudEventsProtoDecoder decoder;
  if (!decoder.Add(event, builder).ok()) return nullptr;
  return builder.Build(0);
}

void CheckEvent(const CloudEvent& event) {
  const EventBatchPtr batch = Decode(event);
  if (batch == nullptr) return;
  CloudEvent written;
  ToCloudEvent(*batch, 0, written);
  const EventBatchPtr again = Decode(written);
  if (again == nullptr) std::abort();
  CloudEvent written_again;
  ToCloudEvent(*again, 0, written_again);
  const EventBatchPtr third = Decode(written_again);
  if (DescribeEvents(*third) != DescribeEvents(*again)) std::abort();
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  io::cloudevents::v1::CloudEvent event;
  if (event.ParseFromArray(data, static_cast<int>(size))) {
    phoenix::CheckEvent(event);
  }
  return 0;
}
