// Any bytes in any pieces: the same events and errors as in one piece. The
// first bytes of the input choose limits and pieces.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/random.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_testing.h"
#include "libs/event/decode_error.h"
#include "libs/event/ndjson_decoder.h"

namespace phoenix {
namespace {

Decoded DecodeWhole(std::string_view input, const NdjsonOptions& options) {
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.DecodeWhole(SharedBytes::FromString(std::string(input)), 0, batches);
  return Flatten(batches);
}

Decoded DecodeInPieces(std::string_view input, const NdjsonOptions& options,
                       uint64_t seed) {
  Random random(seed);
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  while (!input.empty()) {
    const size_t size = 1 + random.Below(input.size());
    decoder.Feed(input.substr(0, size), 0, batches);
    input.remove_prefix(size);
  }
  decoder.Finish(0, batches);
  return Flatten(batches);
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kHeader = 3;
  if (size < kHeader) return 0;
  phoenix::NdjsonOptions options;
  options.max_event_bytes = data[0];
  options.buffer_bytes = data[1];
  options.max_batch_events = 1 + data[2] % 16;
  const std::string_view input(reinterpret_cast<const char*>(data) + kHeader,
                               size - kHeader);
  const auto whole = phoenix::DecodeWhole(input, options);
  if (whole != phoenix::DecodeInPieces(input, options, data[1])) std::abort();
  return 0;
}
