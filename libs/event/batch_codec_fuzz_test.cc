// Any bytes: what the decoder takes, the generated class takes as well, and it
// comes back the same after it was written anew, whole and thinned.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "libs/base/shared_bytes.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_testing.h"
#include "libs/event/event_batch.h"
#include "libs/event/selection.h"
#include "phoenix/event/v1/event_batch.pb.h"

namespace phoenix {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckThinned(const EventBatchPtr& batch) {
  const BatchView view{batch, {batch->size() - 1}};
  const auto thin = DecodeEventBatch(EncodeSelection(view).Join());
  Check(thin.ok());
  Check(DescribeEvent(**thin, view.rows[0]) ==
        DescribeEvent(*batch, view.rows[0]));
}

void CheckBatch(const EventBatchPtr& batch) {
  ::phoenix::event::v1::EventBatch proto;
  Check(proto.ParseFromArray(batch->encoded().data(),
                             static_cast<int>(batch->encoded().size())));
  Check(proto.event_count() == static_cast<int32_t>(batch->size()));
  Check(proto.payload().blob() == batch->payloads().blob.view());
  const EventBatchPtr anew =
      std::make_shared<const EventBatch>(batch->columns());
  const auto again = DecodeEventBatch(EncodeEventBatch(*anew));
  Check(again.ok());
  Check(DescribeEvents(**again) == DescribeEvents(*batch));
  Check((*again)->identity().first_offset == batch->identity().first_offset);
  Check((*again)->revision() == batch->revision());
  CheckThinned(batch);
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto batch = phoenix::DecodeEventBatch(
      phoenix::SharedBytes::FromString(std::move(bytes)));
  if (batch.ok()) phoenix::CheckBatch(*batch);
  return 0;
}
