#include "libs/base/byte_size.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

int64_t Parsed(std::string_view text) {
  return ParseByteSize(text).value_or(-1);
}

TEST(ByteSizeTest, ReadsEveryUnit) {
  EXPECT_EQ(Parsed("512"), 512);
  EXPECT_EQ(Parsed("512B"), 512);
  EXPECT_EQ(Parsed("2KB"), 2'000);
  EXPECT_EQ(Parsed("2MB"), 2'000'000);
  EXPECT_EQ(Parsed("2GB"), 2'000'000'000);
  EXPECT_EQ(Parsed("2TB"), 2'000'000'000'000);
  EXPECT_EQ(Parsed("2KiB"), 2'048);
  EXPECT_EQ(Parsed("64MiB"), 67'108'864);
  EXPECT_EQ(Parsed("2GiB"), 2'147'483'648);
  EXPECT_EQ(Parsed("1TiB"), 1'099'511'627'776);
}

TEST(ByteSizeTest, ReadsAnyCaseABlankAndADecimalPoint) {
  EXPECT_EQ(Parsed("64mib"), 67'108'864);
  EXPECT_EQ(Parsed("64 MiB"), 67'108'864);
  EXPECT_EQ(Parsed("1.5KiB"), 1'536);
  EXPECT_EQ(Parsed("0"), 0);
}

TEST(ByteSizeTest, RefusesWhatIsNoSize) {
  for (const char* text : {"", "MiB", "-1", "1e3", "64 M", "64Mi", "1..5KiB",
                           "0.3B", "64  MiB", "64MiB ", "nan", "."}) {
    EXPECT_FALSE(ParseByteSize(text).ok()) << text;
  }
}

TEST(ByteSizeTest, HoldsTheLargestSizeAndRefusesTheNext) {
  EXPECT_EQ(Parsed("9223372036854775807"), INT64_MAX);
  EXPECT_FALSE(ParseByteSize("9223372036854775808").ok());
  EXPECT_EQ(Parsed("8388607TiB"), 8'388'607 * (int64_t{1} << 40));
  EXPECT_FALSE(ParseByteSize("8388608TiB").ok());
  EXPECT_FALSE(ParseByteSize("8388608.0TiB").ok());
}

TEST(ByteSizeTest, ErrorNamesTheTextAndAnExample) {
  const auto size = ParseByteSize("lots");
  EXPECT_EQ(size.status().message(),
            "'lots' is not a size: expected a number of bytes with a unit "
            "such as '64MiB'");
}

TEST(ByteSizeTest, FormatsByTheLargestBinaryUnit) {
  EXPECT_EQ(FormatByteSize(0), "0B");
  EXPECT_EQ(FormatByteSize(1'023), "1023B");
  EXPECT_EQ(FormatByteSize(1'024), "1KiB");
  EXPECT_EQ(FormatByteSize(1'536), "1.5KiB");
  EXPECT_EQ(FormatByteSize(67'108'864), "64MiB");
  EXPECT_EQ(FormatByteSize(int64_t{1} << 40), "1TiB");
}

}  // namespace
}  // namespace phoenix
