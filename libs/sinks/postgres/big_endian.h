#ifndef LIBS_SINKS_POSTGRES_BIG_ENDIAN_H_
#define LIBS_SINKS_POSTGRES_BIG_ENDIAN_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace phoenix {

// Appends an integer with its most significant byte first: PostgreSQL's binary
// forms are all made of those.
template <std::integral T>
void AppendBigEndian(T value, std::string& out) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  char bytes[sizeof(T)];
  for (size_t i = sizeof(T); i-- > 0;) {
    bytes[i] = static_cast<char>(bits & 0xFF);
    bits = static_cast<decltype(bits)>(bits >> 4 >> 4);
  }
  out.append(bytes, sizeof(T));
}

// Writes one over the bytes at `at`, which are there.
template <std::integral T>
void PutBigEndian(T value, size_t at, std::string& out) {
  auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (size_t i = sizeof(T); i-- > 0;) {
    out[at + i] = static_cast<char>(bits & 0xFF);
    bits = static_cast<decltype(bits)>(bits >> 4 >> 4);
  }
}

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_BIG_ENDIAN_H_
