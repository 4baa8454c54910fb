#ifndef LIBS_SOURCES_GRPC_BATCH_READER_H_
#define LIBS_SOURCES_GRPC_BATCH_READER_H_

#include <cstddef>
#include <cstdint>

#include "google/protobuf/repeated_ptr_field.h"
#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_proto.h"
#include "libs/event/decode_error.h"

namespace phoenix {

// Makes one batch of the events of one request; those that are no valid events
// are reported by their index. Thread-compatible.
class BatchReader {
 public:
  using Events =
      google::protobuf::RepeatedPtrField<io::cloudevents::v1::CloudEvent>;

  // Of the bounds of a batch only that of an event is the config's: the message
  // bounds all others.
  explicit BatchReader(size_t max_event_bytes);

  DecodedBatch Read(const Events& events, int64_t receive_time_nanos);

 private:
  BatchBuilder builder_;
  CloudEventsProtoDecoder decoder_;
};

}  // namespace phoenix

#endif  // LIBS_SOURCES_GRPC_BATCH_READER_H_
