#ifndef LIBS_SINKS_ROWS_CLOUDEVENTS_ROW_ENCODER_H_
#define LIBS_SINKS_ROWS_CLOUDEVENTS_ROW_ENCODER_H_

#include <cstddef>
#include <vector>

#include "libs/event/cloudevents_json_encoder.h"
#include "libs/sinks/rows/row_encoder.h"

namespace phoenix {

// Whole events: each line is a CloudEvent in JSON form, with its attributes.
// Thread-compatible.
class CloudEventsRowEncoder : public RowEncoder {
 public:
  void Encode(const BatchView& view, EncodedRows& out) override;

 private:
  CloudEventsJsonEncoder encoder_;
  std::vector<size_t> ends_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_ROWS_CLOUDEVENTS_ROW_ENCODER_H_
