#include "libs/pipeline/scalar_text.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ScalarTextTest, ReadsBooleansInOneSpelling) {
  EXPECT_EQ(ParseBool("true"), true);
  EXPECT_EQ(ParseBool("false"), false);
  for (const char* text : {"True", "yes", "on", "1", "", " true"}) {
    EXPECT_FALSE(ParseBool(text).has_value()) << text;
  }
}

TEST(ScalarTextTest, ReadsWholeNumbersUpToTheirBounds) {
  EXPECT_EQ(ParseInteger("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(ParseInteger("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(ParseInteger("+7"), 7);
  for (const char* text :
       {"9223372036854775808", "1.0", "0x1", "1_0", "", "+", "1 ", "1e3"}) {
    EXPECT_FALSE(ParseInteger(text).has_value()) << text;
  }
}

TEST(ScalarTextTest, ReadsFiniteNumbers) {
  EXPECT_EQ(ParseNumber("-0.5"), -0.5);
  EXPECT_EQ(ParseNumber("1e3"), 1000.0);
  for (const char* text : {"nan", "inf", "1e999", "1,5", "", "1.5s"}) {
    EXPECT_FALSE(ParseNumber(text).has_value()) << text;
  }
}

TEST(ScalarTextTest, WritesNumbersThatReadAlike) {
  EXPECT_EQ(FormatNumber(65535), "65535");
  EXPECT_EQ(FormatNumber(1e12), "1000000000000");
  EXPECT_EQ(FormatNumber(0.1), "0.1");
  EXPECT_EQ(FormatNumber(-2.5), "-2.5");
  EXPECT_EQ(ParseNumber(FormatNumber(1.0 / 3)), 1.0 / 3);
  EXPECT_EQ(ParseNumber(FormatNumber(1e300)), 1e300);
}

TEST(ScalarTextTest, ReadsDurations) {
  EXPECT_EQ(ParseDuration("5s"), absl::Seconds(5));
  EXPECT_EQ(ParseDuration("1h30m"), absl::Minutes(90));
  EXPECT_EQ(ParseDuration("1.5s"), absl::Milliseconds(1500));
  EXPECT_EQ(ParseDuration("7d"), absl::Hours(168));
  EXPECT_EQ(ParseDuration("0"), absl::ZeroDuration());
  for (const char* text :
       {"5", "-1s", "s", "5 s", "1w", "inf", "", "d", "99999999999d"}) {
    EXPECT_FALSE(ParseDuration(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace phoenix
