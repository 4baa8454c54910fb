#ifndef LIBS_BASE_CRC32C_H_
#define LIBS_BASE_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace phoenix {

// The CRC-32C (Castagnoli; RFC 3720, appendix B.4) of some bytes whose first
// part has the CRC `crc`; 0 for none. Finds every error of one bit, of two bits
// and of one burst of up to 32 bits in a message of less than 256 MiB. Uses the
// processor's instruction where there is one.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes);

// The CRC-32C of all of `bytes`.
inline uint32_t Crc32c(std::string_view bytes) {
  return ExtendCrc32c(0, bytes);
}

// The same by tables, on any processor: what the instruction is held against.
uint32_t ExtendCrc32cByTable(uint32_t crc, std::string_view bytes);

}  // namespace phoenix

#endif  // LIBS_BASE_CRC32C_H_
