#include "tools/phoenix/live_line.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(WithCommasTest, GroupsByThousands) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
}

class LiveLineTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  MetricsRegistry registry_;
  PipelineMetrics metrics_{registry_, "p"};
  LiveLine line_{metrics_, clock_};
};

TEST_F(LiveLineTest, ShowsRatesSinceTheLastLook) {
  metrics_.Received(3000, 1, clock_.Now());
  metrics_.Settled(Settlement::kDelivered, 2000);
  metrics_.Settled(Settlement::kFiltered, 600);
  metrics_.Settled(Settlement::kDeadLettered, 2);
  clock_.Advance(absl::Seconds(2));
  const std::string line = line_.Next("");
  EXPECT_THAT(line, HasSubstr("in 1,500/s"));
  EXPECT_THAT(line, HasSubstr("out 1,000/s"));
  EXPECT_THAT(line, HasSubstr("filtered 300/s"));
  EXPECT_THAT(line, HasSubstr("dead-lettered 1/s"));
  EXPECT_THAT(line, HasSubstr("in flight 398"));
  EXPECT_THAT(line, Not(HasSubstr("slowest")));

  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(line_.Next(""), HasSubstr("in 0/s"));
}

TEST_F(LiveLineTest, ShowsWhatIsDroppedWhenAnythingEverWas) {
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(line_.Next(""), Not(HasSubstr("dropped")));
  metrics_.Received(3, 1, clock_.Now());
  metrics_.Settled(Settlement::kDropped, 3);
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(line_.Next(""), HasSubstr("dropped 3/s"));
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(line_.Next(""), HasSubstr("dropped 0/s"));
}

TEST_F(LiveLineTest, NamesTheSlowestPart) {
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(line_.Next("sink 'archive'"),
              HasSubstr("slowest: sink 'archive'"));
}

TEST_F(LiveLineTest, SurvivesAClockThatStandsStill) {
  metrics_.Received(1, 1, clock_.Now());
  EXPECT_THAT(line_.Next(""), HasSubstr("in 0/s"));
}

}  // namespace
}  // namespace phoenix
