#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/sinks/kafka/position_key.h"

// Anybody may write to the topic: what is read as a key is the key of that.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto key = phoenix::DecodePositionKey("p/out", text);
  if (!key.has_value()) return 0;
  const auto again = phoenix::DecodePositionKey(
      "p/out",
      phoenix::EncodePositionKey("p/out", key->log, key->partition, key->page));
  if (!again.has_value() || again->log != key->log ||
      again->partition != key->partition || again->page != key->page) {
    __builtin_trap();
  }
  return 0;
}
