#include "libs/base/crc32c.h"

#include <array>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace phoenix {
namespace {

// The polynomial with its bits reversed, as the CRC is computed.
constexpr uint32_t kPolynomial = 0x82F63B78;

using Table = std::array<uint32_t, 256>;

// Table 0 takes one byte; table i takes one that i more bytes follow.
constexpr std::array<Table, 8> MakeTables() {
  std::array<Table, 8> tables{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = crc >> 1 ^ (crc & 1 ? kPolynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (size_t i = 1; i < tables.size(); ++i) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      const uint32_t crc = tables[i - 1][byte];
      tables[i][byte] = crc >> 8 ^ tables[0][crc & 0xFF];
    }
  }
  return tables;
}
constexpr std::array<Table, 8> kTables = MakeTables();

uint64_t Load64(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

uint32_t ByTable(uint32_t crc, std::string_view bytes) {
  while (bytes.size() >= 8) {
    const uint64_t word = Load64(bytes.data()) ^ crc;
    crc = 0;
    for (int i = 0; i < 8; ++i) crc ^= kTables[7 - i][word >> 8 * i & 0xFF];
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) {
    crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<uint8_t>(byte)) & 0xFF];
  }
  return crc;
}

#if defined(__x86_64__)

// The instruction takes three cycles and one can begin in each: three parts of
// the bytes are computed side by side and joined.
constexpr size_t kPartBytes = 4096;

// A CRC behind which kPartBytes zeros come, one table a byte of the CRC.
std::array<Table, 4> MakeShiftTables() {
  static constexpr char kZeros[kPartBytes] = {};
  std::array<uint32_t, 32> of_bit;
  for (int bit = 0; bit < 32; ++bit) {
    of_bit[bit] = ByTable(uint32_t{1} << bit, {kZeros, kPartBytes});
  }
  std::array<Table, 4> tables{};
  for (size_t i = 0; i < 4; ++i) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      for (int bit = 0; bit < 8; ++bit) {
        if (byte >> bit & 1) tables[i][byte] ^= of_bit[8 * i + bit];
      }
    }
  }
  return tables;
}

uint32_t ShiftByPart(uint64_t crc) {
  static const std::array<Table, 4> tables = MakeShiftTables();
  return tables[0][crc & 0xFF] ^ tables[1][crc >> 8 & 0xFF] ^
         tables[2][crc >> 16 & 0xFF] ^ tables[3][crc >> 24 & 0xFF];
}

__attribute__((target("sse4.2"))) uint32_t ThreeParts(uint64_t crc,
                                                      const char* at) {
  uint64_t second = 0;
  uint64_t third = 0;
  for (size_t i = 0; i < kPartBytes; i += 8) {
    crc = _mm_crc32_u64(crc, Load64(at + i));
    second = _mm_crc32_u64(second, Load64(at + kPartBytes + i));
    third = _mm_crc32_u64(third, Load64(at + 2 * kPartBytes + i));
  }
  const uint32_t joined = ShiftByPart(crc) ^ static_cast<uint32_t>(second);
  return ShiftByPart(joined) ^ static_cast<uint32_t>(third);
}

__attribute__((target("sse4.2"))) uint32_t ByInstruction(
    uint32_t start, std::string_view bytes) {
  uint64_t crc = start;
  while (bytes.size() >= 3 * kPartBytes) {
    crc = ThreeParts(crc, bytes.data());
    bytes.remove_prefix(3 * kPartBytes);
  }
  while (bytes.size() >= 8) {
    crc = _mm_crc32_u64(crc, Load64(bytes.data()));
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes) {
    crc = _mm_crc32_u8(static_cast<uint32_t>(crc), static_cast<uint8_t>(byte));
  }
  return static_cast<uint32_t>(crc);
}

uint32_t Fastest(uint32_t crc, std::string_view bytes) {
  static const bool has_instruction = __builtin_cpu_supports("sse4.2");
  return has_instruction ? ByInstruction(crc, bytes) : ByTable(crc, bytes);
}

#else

uint32_t Fastest(uint32_t crc, std::string_view bytes) {
  return ByTable(crc, bytes);
}

#endif

}  // namespace

uint32_t ExtendCrc32c(uint32_t crc, std::string_view bytes) {
  return ~Fastest(~crc, bytes);
}

uint32_t ExtendCrc32cByTable(uint32_t crc, std::string_view bytes) {
  return ~ByTable(~crc, bytes);
}

}  // namespace phoenix
