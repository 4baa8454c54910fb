#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/http/message.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/decompressor.h"

// The first byte chooses format and encoding; the rest is a body, which comes
// in parts. Nothing may crash or hang, whatever it holds.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto format = static_cast<phoenix::BodyFormat>(data[0] % 5);
  const char* encoding = (data[0] & 64)    ? "gzip"
                         : (data[0] & 128) ? "zstd"
                                           : "";
  std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  phoenix::http::RequestHead head;
  head.headers = {{"ce-specversion", "1.0"},
                  {"ce-id", "1"},
                  {"ce-source", "/s"},
                  {"ce-type", "t"},
                  {"Content-Type", "application/json"}};
  phoenix::BodyDecoderOptions options;
  options.defaults = {"id-", "/fuzz", "fuzz", "application/json"};
  auto decoder = phoenix::MakeBodyDecoder(format, head, options);
  auto decompressor =
      phoenix::MakeDecompressor(encoding, {.max_output_bytes = 1 << 20});
  std::vector<phoenix::DecodedBatch> decoded;
  bool valid = true;
  while (valid && !body.empty()) {
    const std::string_view part = body.substr(0, 7);
    valid = (*decompressor)
                ->Feed(part,
                       [&](std::string_view plain) {
                         return decoder->Feed(plain, decoded);
                       })
                .ok();
    decoder->Flush(decoded);
    body.remove_prefix(part.size());
  }
  if (valid && (*decompressor)->Finish().ok()) {
    decoder->Finish(decoded).IgnoreError();
  }
  return 0;
}
