// Any bytes as a structured event and as a batch: what is taken comes back the
// same after it was written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/cloudevents_json_encoder.h"
#include "libs/event/decode_error.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

void CheckBatch(const EventBatch& batch) {
  CloudEventsJsonEncoder encoder;
  CloudEventsJsonDecoder decoder;
  BatchBuilder builder({});
  for (uint32_t row = 0; row < batch.size(); ++row) {
    std::string json;
    encoder.Append(batch, row, json);
    const auto body = SharedBytes::FromString(std::move(json));
    if (!decoder.DecodeEvent(body, builder).ok()) std::abort();
    const EventBatchPtr again = builder.Build(0);
    std::string second;
    encoder.Append(*again, 0, second);
    if (second != body.view()) std::abort();
  }
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto body = phoenix::SharedBytes::FromString(
      std::string(reinterpret_cast<const char*>(data), size));
  phoenix::CloudEventsJsonDecoder decoder;
  phoenix::BatchBuilder builder({});
  std::vector<phoenix::DecodeError> errors;
  (void)decoder.DecodeBatch(body, builder, errors);
  (void)decoder.DecodeEvent(body, builder);
  const auto batch = builder.Build(0);
  if (batch != nullptr) phoenix::CheckBatch(*batch);
  return 0;
}
