// Any body: the events of an array are those of its elements as lines, and the
// index that comes with them is the one that indexing them anew gives.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "libs/base/shared_bytes.h"
#include "libs/event/event_batch.h"
#include "libs/event/json_body_decoder.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {
namespace {

void CheckIndex(const PayloadColumn& payload) {
  JsonIndexer indexer;
  JsonIndex index;
  std::vector<JsonError> errors;
  indexer.Index(payload.blob.view(), *payload.ranges, index, errors);
  if (!errors.empty()) std::abort();
  if (index.tokens != payload.json_index->tokens) std::abort();
  if (index.first != payload.json_index->first) std::abort();
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  phoenix::JsonBodyOptions options;
  options.max_event_bytes = 64;
  phoenix::JsonBodyDecoder decoder(options);
  const auto decoded =
      decoder.Decode(phoenix::SharedBytes::FromString(std::string(
                         reinterpret_cast<const char*>(data), size)),
                     0);
  if (!decoded.ok() || decoded->batch == nullptr) return 0;
  phoenix::CheckIndex(decoded->batch->payloads());
  return 0;
}
