#include "tools/phoenix/past/moment.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(MomentTest, ReadsTimesDaysAndAges) {
  EXPECT_EQ(*ParsePastTime("2023-11-14T23:13:20+01:00", kNow), kNow);
  EXPECT_EQ(*ParsePastTime("2023-11-14", kNow),
            kNow - absl::Hours(22) - absl::Minutes(13) - absl::Seconds(20));
  EXPECT_EQ(*ParsePastTime("90s", kNow), kNow - absl::Seconds(90));
  EXPECT_EQ(*ParsePastTime("1h30m", kNow), kNow - absl::Minutes(90));
  EXPECT_EQ(*ParsePastTime("7d", kNow), kNow - absl::Hours(7 * 24));
}

TEST(MomentTest, SaysWhatItExpected) {
  for (const char* text :
       {"", "yesterday", "2023-14-01", "-5m", "inf", "d", "2h!"}) {
    const auto time = ParsePastTime(text, kNow);
    EXPECT_EQ(time.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(time.status().message()),
                HasSubstr("': expected a time as '2026-05-01T12:00:00Z'"));
  }
}

TEST(MomentTest, BoundsARangeByOffsetsOrTimes) {
  LogRange range;
  EXPECT_TRUE(SetFrom("17", kNow, range).ok());
  EXPECT_TRUE(SetTo("5m", kNow, range).ok());
  EXPECT_EQ(range.from_offset, 17);
  EXPECT_EQ(range.from_time, absl::InfinitePast());
  EXPECT_EQ(range.to_offset, LogRange().to_offset);
  EXPECT_EQ(range.to_time, kNow - absl::Minutes(5));
}

TEST(MomentTest, RefusesABoundThatIsNeither) {
  LogRange range;
  const absl::Status status = SetFrom("-1", kNow, range);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("'-1': expected an offset, a time as"));
}

TEST(MomentTest, TakesAnOffsetWithItsPartition) {
  LogRange range;
  EXPECT_TRUE(SetFrom("2/17", kNow, range).ok());
  EXPECT_EQ(range.partition, 2);
  EXPECT_EQ(range.from_offset, 17);
  EXPECT_TRUE(SetTo("2/20", kNow, range).ok());
  EXPECT_EQ(range.to_offset, 20);
  EXPECT_FALSE(SetTo("3/20", kNow, range).ok());
  EXPECT_FALSE(SetTo("-1/20", kNow, range).ok());
  EXPECT_FALSE(SetTo("2/", kNow, range).ok());
}

}  // namespace
}  // namespace phoenix
