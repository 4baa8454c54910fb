#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/log/kafka/log_record.h"

// Anybody may write to a topic: whatever a record holds, it is an entry or it
// is refused.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t version = bytes.empty() ? 0 : bytes.size() % 3;
  const auto entry = phoenix::DecodeLogRecord(
      {.offset = 1,
       .time = {},
       .version = version == 0 ? "1" : bytes.substr(0, version),
       .key = version == 0 ? "7" : bytes.substr(0, 2),
       .value = bytes},
      "log", 0);
  if (entry.ok() && entry->batch == nullptr) __builtin_trap();
  return 0;
}
