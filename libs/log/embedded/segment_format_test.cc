#include "libs/log/embedded/segment_format.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

constexpr SegmentHeader kHeader = {{1, 2}, 100, 90, 1'700'000'000};
constexpr SegmentFooter kFooter = {1, 2, 4096, 500, 7, 10, 400};

void FlipBit(std::string& bytes, size_t bit) {
  bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
}

TEST(SegmentFormatTest, ReadsTheHeaderThatWasWritten) {
  const std::string bytes = EncodeSegmentHeader(kHeader);
  EXPECT_EQ(bytes.size(), SegmentHeader::kBytes);
  EXPECT_EQ(DecodeSegmentHeader(bytes), kHeader);
  EXPECT_FALSE(DecodeSegmentHeader(bytes.substr(1)).has_value());
}

TEST(SegmentFormatTest, ReadsTheFooterThatWasWritten) {
  const std::string bytes = EncodeSegmentFooter(kFooter, 5);
  EXPECT_EQ(bytes.size(), SegmentFooter::kBytes);
  EXPECT_EQ(DecodeSegmentFooter(bytes, 5), kFooter);
  EXPECT_FALSE(DecodeSegmentFooter(bytes, 6).has_value());
  EXPECT_EQ(kFooter.file_bytes(), 4096u + 2 * 64 + 2 * 24);
}

TEST(SegmentFormatTest, SeesEveryBitThatTurnedOver) {
  for (size_t bit = 0; bit < SegmentHeader::kBytes * 8; ++bit) {
    std::string header = EncodeSegmentHeader(kHeader);
    std::string footer = EncodeSegmentFooter(kFooter, 5);
    FlipBit(header, bit);
    FlipBit(footer, bit);
    EXPECT_FALSE(DecodeSegmentHeader(header).has_value()) << bit;
    EXPECT_FALSE(DecodeSegmentFooter(footer, 5).has_value()) << bit;
  }
}

TEST(SegmentFormatTest, NamesAFileByItsFirstOffset) {
  EXPECT_EQ(SegmentFileName(1234), "00000000000000001234.log");
  EXPECT_EQ(ParseSegmentFileName("00000000000000001234.log"), 1234);
}

TEST(SegmentFormatTest, TakesNoOtherNames) {
  for (const char* name :
       {"1234.log", "00000000000000001234.bin", "", "-0000000000000001234.log",
        "99999999999999999999.log"}) {
    EXPECT_FALSE(ParseSegmentFileName(name).has_value()) << name;
  }
}

TEST(SegmentFormatTest, SaltsEverySegmentOfEveryLogOtherwise) {
  EXPECT_NE(SegmentSalt({1, 2}, 0), SegmentSalt({1, 2}, 1));
  EXPECT_NE(SegmentSalt({1, 2}, 0), SegmentSalt({1, 3}, 0));
}

TEST(SegmentFormatTest, ReadsTheIndexThatWasWritten) {
  const std::vector<IndexEntry> index = {{1, 64, 10}, {50, 4096, 20}};
  EXPECT_EQ(DecodeIndex(EncodeIndex(index)), index);
  EXPECT_TRUE(DecodeIndex("").empty());
}

}  // namespace
}  // namespace phoenix
