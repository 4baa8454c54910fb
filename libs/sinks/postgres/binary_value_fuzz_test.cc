// Whatever the text: a value with its length, or nothing.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libs/sinks/postgres/binary_value.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<phoenix::ColumnType>(data[0] % 10);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  std::string out;
  if (!phoenix::AppendBinaryValue(type, text, out)) {
    if (!out.empty()) abort();
    return 0;
  }
  size_t length = 0;
  for (int i = 0; i < 4; ++i) {
    length = length << 8 | static_cast<uint8_t>(out[i]);
  }
  if (out.size() != 4 + length) abort();
  return 0;
}
