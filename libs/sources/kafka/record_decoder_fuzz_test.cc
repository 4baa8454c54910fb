#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "libs/sources/kafka/record_decoder.h"

namespace phoenix {
namespace {

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// The first line is the key, `name=value` lines up to an empty one are headers,
// the rest is the value. Whatever they are: each record is an event or is told
// of, and its neighbours live.
void Decode(std::string_view input) {
  RecordDecoder decoder({.topic = "t",
                         .defaults = {"", "/fuzz", "fuzz", "application/json"},
                         .max_event_bytes = 4096});
  const std::string_view key = TakeLine(input);
  std::vector<ReceivedRecord::Header> headers;
  while (!input.empty()) {
    const std::string_view line = TakeLine(input);
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) break;
    headers.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  constexpr char kGood[] = "{}";
  decoder.Add({.offset = 0, .value = kGood}, 0);
  decoder.Add({.offset = 1, .key = key, .value = input, .headers = headers}, 0);
  decoder.Add({.offset = 2, .value = kGood}, 0);
  const DecodedRecords decoded = decoder.Take(0);
  size_t rows = 0;
  for (const EventBatchPtr& batch : decoded.batches) rows += batch->size();
  size_t unreadable = 0;
  for (const UnreadableInput& one : decoded.unreadable) {
    unreadable += one.reasons.size();
  }
  if (rows + unreadable != 3 || rows < 2) std::abort();
}

}  // namespace
}  // namespace phoenix

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  phoenix::Decode({reinterpret_cast<const char*>(data), size});
  return 0;
}
