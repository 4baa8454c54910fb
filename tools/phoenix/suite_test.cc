#include "tools/phoenix/suite.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/testing/small_pipeline.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Far more than a drain takes: only a suite that hangs waits for it.
constexpr absl::Duration kLong = absl::Minutes(1);

// What a sink holds is read when the suite has drained: its thread has ended.
class SuiteTest : public ::testing::Test {
 protected:
  SuiteTest()
      : suite_(std::move(small_.pipeline), registry_, health_,
               Clock::System()) {}

  absl::Status Offer(const std::vector<std::string>& payloads) {
    return small_.source->Offer(payloads, recorder_.Callback());
  }

  SmallPipeline small_;
  OutcomeRecorder recorder_;
  MetricsRegistry registry_;
  HealthRegistry health_;
  Suite suite_;
};

TEST_F(SuiteTest, BringsEventsFromTheDoorToTheSink) {
  ASSERT_TRUE(suite_.Start().ok());
  ASSERT_TRUE(Offer({"1", "2"}).ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  EXPECT_THAT(recorder_.names(), ElementsAre("delivered", "delivered"));
  EXPECT_THAT(PayloadsAt(*small_.out), ElementsAre("1", "2", "\"farewell\""));
  EXPECT_THAT(small_.dead->writes, IsEmpty());
}

TEST_F(SuiteTest, SettlesEachEventByWhatBecameOfIt) {
  ASSERT_TRUE(suite_.Start().ok());
  ASSERT_TRUE(Offer({"\"drop\"", "1", "\"fail\""}).ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  EXPECT_THAT(recorder_.names(),
              ElementsAre("filtered", "delivered", "dead_lettered"));
  EXPECT_THAT(PayloadsAt(*small_.dead), ElementsAre(HasSubstr("told to")));
}

TEST_F(SuiteTest, AccountsForAllThatItReceived) {
  ASSERT_TRUE(suite_.Start().ok());
  ASSERT_TRUE(Offer({"\"drop\"", "1", "\"fail\""}).ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  const PipelineMetrics& metrics = suite_.metrics();
  // Three that were offered, and the one that the step made.
  EXPECT_EQ(metrics.received_events(), 4u);
  EXPECT_EQ(metrics.settled_events(Settlement::kDelivered), 2u);
  EXPECT_EQ(metrics.settled_events(Settlement::kFiltered), 1u);
  EXPECT_EQ(metrics.settled_events(Settlement::kDeadLettered), 1u);
  EXPECT_EQ(metrics.in_flight_events(), 0u);
}

TEST_F(SuiteTest, ClosesItsDoorsWhenItDrains) {
  ASSERT_TRUE(suite_.Start().ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  EXPECT_FALSE(small_.source->accepting);
  EXPECT_TRUE(small_.source->stopped);
  EXPECT_TRUE(absl::IsUnavailable(Offer({"1"})));
  EXPECT_FALSE(small_.out->open);
}

TEST_F(SuiteTest, FinishesWithItsSources) {
  ASSERT_TRUE(suite_.Start().ok());
  EXPECT_FALSE(suite_.Finished());
  small_.source->finished = true;
  EXPECT_TRUE(suite_.Finished());
}

TEST_F(SuiteTest, SaysWhichComponentCantStart) {
  small_.source->start_status = absl::UnavailableError("port is taken");
  EXPECT_EQ(suite_.Start(),
            absl::UnavailableError("source 'door': port is taken"));
}

TEST_F(SuiteTest, NamesNoSlowPartWhenNothingWorks) {
  ASSERT_TRUE(suite_.Start().ok());
  EXPECT_EQ(suite_.SlowestPart(), "");
}

TEST_F(SuiteTest, ReportsWhatItsComponentsSay) {
  ASSERT_TRUE(suite_.Start().ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  EXPECT_THAT(suite_.Report(),
              AllOf(SizeIs(testing::Ge(3u)), Contains("obey: was obeyed"),
                    Contains("out: fake"), Contains("dead: fake")));
}

}  // namespace
}  // namespace phoenix
