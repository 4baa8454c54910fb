// Lines of `name: value` are headers, what follows an empty line is the body:
// an event that is taken comes back the same after it was written.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/event/event_batch.h"
#include "libs/event/http_binary_mode.h"
#include "libs/json/json_indexer.h"

namespace phoenix {
namespace {

// Takes the text before the next line feed.
std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

EventBatchPtr Decode(const std::vector<HttpHeader>& headers,
                     std::string_view body) {
  JsonIndexer indexer;
  BatchBuilder builder({});
  const auto bytes = SharedBytes::FromString(std::string(body));
  if (!DecodeBinaryModeEvent(headers, bytes, indexer, builder).ok()) {
    return nullptr;
  }
  return builder.Build(0);
}

void CheckRequest(std::string_view text) {
  std::vector<HttpHeader> headers;
  while (true) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    const size_t name_size = std::min(line.find(": "), line.size());
    headers.emplace_back(line.substr(0, name_size),
                         line.substr(std::min(name_size + 2, line.size())));
  }
  const EventBatchPtr batch = Decode(headers, text);
  if (batch == nullptr) return;
  const auto encoded = EncodeBinaryModeHeaders(*batch, 0);
  const EventBatchPtr again =
      Decode({encoded.begin(), encoded.end()}, batch->payload(0));
  if (again == nullptr) std::abort();
  if (EncodeBinaryModeHeaders(*again, 0) != encoded) std::abort();
  if (again->payload(0) != batch->payload(0)) std::abort();
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  phoenix::CheckRequest({reinterpret_cast<const char*>(data), size});
  return 0;
}
