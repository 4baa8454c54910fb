#include "libs/json/json_number.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace phoenix {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(ReadNumberTest, ReadsIntegersUpToTheirLimits) {
  for (const int64_t value :
       {int64_t{0}, int64_t{-1}, int64_t{42}, int64_t{999'999'999'999'999'999},
        int64_t{-999'999'999'999'999'999}, kMin, kMax}) {
    const JsonNumber number = ReadNumber(std::to_string(value));
    EXPECT_EQ(number.kind, JsonNumber::Kind::kInt) << value;
    EXPECT_EQ(number.integer, value);
  }
  EXPECT_EQ(ReadNumber("-0").kind, JsonNumber::Kind::kInt);
}

TEST(ReadNumberTest, RefusesIntegersBeyondThem) {
  for (const char* text : {"9223372036854775808", "-9223372036854775809",
                           "123456789012345678901234567890"}) {
    EXPECT_EQ(ReadNumber(text).kind, JsonNumber::Kind::kTooLarge) << text;
  }
}

TEST(ReadNumberTest, ReadsTheNearestDouble) {
  EXPECT_EQ(ReadNumber("1.0").kind, JsonNumber::Kind::kDouble);
  EXPECT_EQ(ReadNumber("1e2").real, 100.0);
  EXPECT_EQ(ReadNumber("0.1").real, 0.1);
  EXPECT_EQ(ReadNumber("9223372036854775808.0").real, 9223372036854775808.0);
  EXPECT_EQ(ReadNumber("2.2250738585072011e-308").real,
            2.2250738585072011e-308);
}

TEST(ReadNumberTest, ReadsTinyNumbersAsZeroAndRefusesHugeOnes) {
  EXPECT_EQ(ReadNumber("1e-999").kind, JsonNumber::Kind::kDouble);
  EXPECT_EQ(ReadNumber("1e-999").real, 0.0);
  EXPECT_EQ(ReadNumber("1e999").kind, JsonNumber::Kind::kTooLarge);
  EXPECT_EQ(ReadNumber("-1e999").kind, JsonNumber::Kind::kTooLarge);
}

TEST(AppendDoubleTest, WritesWhatReadsBackAsTheSameDouble) {
  for (const double value : {0.0, -0.0, 20.0, 0.1, 1e300, -5e-324, 1.5e22}) {
    std::string text;
    ASSERT_TRUE(AppendDouble(text, value));
    const JsonNumber number = ReadNumber(text);
    EXPECT_EQ(number.kind, JsonNumber::Kind::kDouble) << text;
    EXPECT_EQ(number.real, value) << text;
  }
}

TEST(AppendDoubleTest, RefusesWhatJsonHasNoFormFor) {
  std::string text = "x";
  EXPECT_FALSE(AppendDouble(text, std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(AppendDouble(text, std::numeric_limits<double>::quiet_NaN()));
  EXPECT_EQ(text, "x");
}

}  // namespace
}  // namespace phoenix
