#include "tools/phoenix/run_report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/testing/small_pipeline.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RunReportTest : public ::testing::Test {
 protected:
  RunReportTest()
      : suite_(std::move(small_.pipeline), registry_, health_,
               Clock::System()) {}

  SmallPipeline small_;
  MetricsRegistry registry_;
  HealthRegistry health_;
  Suite suite_;
};

TEST_F(RunReportTest, ShowsThatARunWithoutEventsHasNone) {
  const std::string report = RunReport(suite_, absl::ZeroDuration());
  EXPECT_THAT(report, StartsWith("pipeline 'small' ran 0.0 s, 0 events/s"));
  EXPECT_THAT(report, HasSubstr("  received 0 = 0 delivered; unaccounted 0\n"));
  EXPECT_THAT(report, Not(HasSubstr("door to outcome")));
}

TEST_F(RunReportTest, AccountsForEveryEvent) {
  ASSERT_TRUE(suite_.Start().ok());
  OutcomeRecorder recorder;
  ASSERT_TRUE(
      small_.source->Offer({"1", "\"drop\"", "\"fail\""}, recorder.Callback())
          .ok());
  ASSERT_TRUE(suite_.Drain(absl::Minutes(1)));
  const std::string report = RunReport(suite_, absl::Seconds(2));
  EXPECT_THAT(report, StartsWith("pipeline 'small' ran 2.0 s, 2 events/s"));
  EXPECT_THAT(report,
              HasSubstr("  received 4 = 2 delivered + 1 filtered + 1 "));
  EXPECT_THAT(report, HasSubstr("; unaccounted 0\n"));
  EXPECT_THAT(report, HasSubstr("  door to outcome: p50 "));
}

TEST_F(RunReportTest, SaysWhatTheDoorsRefusedAndWhy) {
  ASSERT_TRUE(suite_.Start().ok());
  small_.source->Refuse(1'351'500, "MALFORMED_LINE");
  small_.source->Refuse(3, "BODY_TOO_LARGE");
  EXPECT_THAT(RunReport(suite_, absl::Seconds(1)),
              HasSubstr("  door: refused or unreadable: 3 body_too_large, "
                        "1,351,500 malformed_line\n"));
}

TEST_F(RunReportTest, SaysNothingOfRefusalsWhereThereAreNone) {
  const std::string report = RunReport(suite_, absl::Seconds(1));
  EXPECT_THAT(report, Not(HasSubstr("refused")));
  EXPECT_THAT(report, Not(HasSubstr("kept after")));
}

TEST(RunReportOfAKeepingStepTest, SaysHowManyEventsWereKeptAfterAnError) {
  SmallPipeline small;
  small.pipeline->steps[0].on_error = OnError::kKeep;
  MetricsRegistry registry;
  HealthRegistry health;
  Suite suite(std::move(small.pipeline), registry, health, Clock::System());
  ASSERT_TRUE(suite.Start().ok());
  OutcomeRecorder recorder;
  ASSERT_TRUE(small.source->Offer({"1", "\"fail\""}, recorder.Callback()).ok());
  ASSERT_TRUE(suite.Drain(absl::Minutes(1)));
  EXPECT_THAT(RunReport(suite, absl::Seconds(1)),
              HasSubstr("  obey: kept after an error: 1\n"));
}

TEST_F(RunReportTest, EndsWithWhatComponentsSay) {
  EXPECT_THAT(RunReport(suite_, absl::Seconds(1)),
              HasSubstr("  obey: was obeyed\n"));
}

}  // namespace
}  // namespace phoenix
