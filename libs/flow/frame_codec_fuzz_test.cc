// Arbitrary bytes as messages of either direction: they are refused, or make a
// frame that survives the wire.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "libs/base/shared_bytes.h"
#include "libs/flow/frame_codec.h"

namespace phoenix::flow {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void TryAsRequests(std::string_view input) {
  // The first byte says how long the first of two messages is.
  const size_t first = input.empty() ? 0 : static_cast<uint8_t>(input[0]);
  SenderFrameDecoder decoder(1 << 20);
  for (std::string_view part :
       {input.substr(0, first), input.substr(std::min(first, input.size()))}) {
    auto frame = decoder.Decode(SharedBytes::FromString(std::string(part)));
    if (!frame.ok() || !frame->has_value()) continue;
    const auto* batch = std::get_if<BatchFrame>(&**frame);
    if (batch == nullptr || batch->view.batch == nullptr) continue;
    for (uint32_t row : batch->view.rows) {
      Check(row < batch->view.batch->size());
      Check(batch->view.batch->payload(row).size() <= input.size());
    }
  }
}

void TryAsResponse(std::string_view input) {
  const auto frame = DecodeReceiverFrame(input);
  if (!frame.ok()) return;
  const auto again = DecodeReceiverFrame(EncodeReceiverFrame(*frame));
  Check(again.ok());
  Check(again->index() == frame->index());
}

}  // namespace
}  // namespace phoenix::flow

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (data == nullptr) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  phoenix::flow::TryAsRequests(input);
  phoenix::flow::TryAsResponse(input);
  return 0;
}
