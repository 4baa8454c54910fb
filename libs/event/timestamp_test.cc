#include "libs/event/timestamp.h"

#include <gtest/gtest.h>

#include <utility>

namespace phoenix {
namespace {

TEST(TimestampTest, ReadsRfc3339) {
  const std::pair<const char*, Timestamp> cases[] = {
      {"1970-01-01T00:00:00Z", {0, 0}},
      {"1970-01-01t00:00:01z", {1, 0}},
      {"2024-02-29T23:59:59.5Z", {1709251199, 500'000'000}},
      {"1969-12-31T23:59:59.000000001Z", {-1, 1}},
      {"2024-01-01T01:30:00+01:30", {1704067200, 0}},
      {"2023-12-31T16:00:00-08:00", {1704067200, 0}},
      {"2016-12-31T23:59:60Z", {1483228800, 0}},
      {"2000-01-01T00:00:00.1234567899Z", {946684800, 123'456'789}},
      {"0000-01-01T00:00:00Z", {-62167219200, 0}},
  };
  for (const auto& [text, time] : cases) {
    EXPECT_EQ(ParseRfc3339(text), time) << text;
  }
}

TEST(TimestampTest, RefusesWhatIsNotRfc3339) {
  for (const char* text :
       {"", "2024", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
        "2024-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z", "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00Zx", "24-01-01T00:00:00Z", "2024-1-01T00:00:00Z",
        "2024-00-01T00:00:00Z"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(TimestampTest, WritesAsManyDecimalsAsItNeeds) {
  EXPECT_EQ(FormatRfc3339({0, 0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatRfc3339({0, 20'000'000}), "1970-01-01T00:00:00.020Z");
  EXPECT_EQ(FormatRfc3339({0, 20'000}), "1970-01-01T00:00:00.000020Z");
  EXPECT_EQ(FormatRfc3339({-1, 7}), "1969-12-31T23:59:59.000000007Z");
}

TEST(TimestampTest, WritesOnlyWhatRfc3339Has) {
  EXPECT_EQ(FormatRfc3339({-62135596801, 0}), std::nullopt);
  EXPECT_EQ(FormatRfc3339({253402300800, 0}), std::nullopt);
  EXPECT_EQ(FormatRfc3339({0, -1}), std::nullopt);
  EXPECT_EQ(FormatRfc3339({0, 1'000'000'000}), std::nullopt);
  EXPECT_EQ(FormatRfc3339({253402300799, 0}), "9999-12-31T23:59:59Z");
}

TEST(TimestampTest, ReadsWhatItWrote) {
  for (int64_t seconds = -60'000'000'000; seconds < 250'000'000'000;
       seconds += 86'400 * 97 + 12'345) {
    const Timestamp time{seconds,
                         static_cast<int32_t>((seconds & 0xFFFF) * 10'000)};
    const auto text = FormatRfc3339(time);
    ASSERT_TRUE(text.has_value());
    ASSERT_EQ(ParseRfc3339(*text), time) << *text;
  }
}

}  // namespace
}  // namespace phoenix
