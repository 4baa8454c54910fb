#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libs/event/event_batch.h"
#include "libs/sources/file/row_decoder.h"

namespace phoenix {
namespace {

std::vector<std::string> Run(std::string_view input, size_t cut) {
  RowDecoderOptions options;
  options.defaults = {"id-", "/fuzz", "fuzz", "application/json"};
  auto decoder = MakeCsvRowDecoder(options, "");
  std::vector<DecodedBatch> decoded;
  for (size_t at = 0; at < input.size(); at += cut) {
    decoder->Feed(input.substr(at, cut), 0, decoded);
    if (decoder->consumed() > input.size()) std::abort();
  }
  decoder->Finish(0, decoded);
  if (decoder->consumed() != input.size()) std::abort();
  std::vector<std::string> payloads;
  for (const DecodedBatch& one : decoded) {
    if (one.batch == nullptr) continue;
    for (uint32_t row = 0; row < one.batch->size(); ++row) {
      payloads.emplace_back(one.batch->payload(row));
    }
  }
  return payloads;
}

}  // namespace
}  // namespace phoenix

// The cuts between reads change nothing.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  if (phoenix::Run(input, input.size() + 1) !=
      phoenix::Run(input, data[0] % 16 + 1)) {
    std::abort();
  }
  return 0;
}
