#ifndef LIBS_LOG_EMBEDDED_LITTLE_ENDIAN_H_
#define LIBS_LOG_EMBEDDED_LITTLE_ENDIAN_H_

#include <concepts>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace phoenix {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "numbers are copied to and from files as they lie in memory");

// The number at `at` of a fixed-width structure that is large enough.
template <std::integral T>
T LoadLittleEndian(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

// Puts a number at `at` of such a structure.
template <std::integral T>
void StoreLittleEndian(char* bytes, size_t at, T value) {
  std::memcpy(bytes + at, &value, sizeof(value));
}

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_LITTLE_ENDIAN_H_
