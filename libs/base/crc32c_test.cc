#include "libs/base/crc32c.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

std::string RandomBytes(size_t size) {
  Random random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Next());
  return bytes;
}

// The examples of RFC 3720, appendix B.4.
TEST(Crc32cTest, GivesTheValuesOfTheStandard) {
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(std::string(32, '\xFF')), 0x62A8AB43u);
  std::string ascending;
  for (char byte = 0; byte < 32; ++byte) ascending += byte;
  EXPECT_EQ(Crc32c(ascending), 0x46DD794Eu);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(""), 0u);
}

TEST(Crc32cTest, IsTheSameByTableAndByInstruction) {
  const std::string bytes = RandomBytes(100'000);
  for (const size_t size :
       {0, 1, 7, 8, 9, 4095, 12'287, 12'288, 12'289, 24'576, 50'000, 99'999}) {
    for (const size_t begin : {0, 1, 3}) {
      const std::string_view part = std::string_view(bytes).substr(begin, size);
      EXPECT_EQ(ExtendCrc32c(0, part), ExtendCrc32cByTable(0, part)) << size;
    }
  }
}

TEST(Crc32cTest, ExtendsOverParts) {
  const std::string bytes = RandomBytes(40'000);
  const std::string_view view = bytes;
  for (const size_t cut : {0, 1, 13, 4096, 12'288, 39'999, 40'000}) {
    EXPECT_EQ(ExtendCrc32c(Crc32c(view.substr(0, cut)), view.substr(cut)),
              Crc32c(view));
  }
}

TEST(Crc32cTest, ChangesWithEveryBit) {
  std::string bytes = RandomBytes(300);
  const uint32_t crc = Crc32c(bytes);
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_NE(Crc32c(bytes), crc);
    bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

}  // namespace
}  // namespace phoenix
