#include "tools/phoenix/suite.h"

#include <thread>

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
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::StartsWith;

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

TEST_F(SuiteTest, PublishesEveryMetricThatIsDeclared) {
  PublishBuildInfo(registry_, "1.2.3", "abc");
  ASSERT_TRUE(suite_.Start().ok());
  const std::string page = registry_.Render();
  for (const MetricSpec* metric : AllMetrics()) {
    // Only components that know more of their peers have these.
    if (metric == &metric::kSourceLagEvents ||
        metric == &metric::kSourceExpiredRecords ||
        metric == &metric::kSinkCircuitState ||
        metric == &metric::kSinkRequestLimit) {
      continue;
    }
    // Only logs that are kept elsewhere have this, instead of events.
    if (metric == &metric::kLogLagRecords) continue;
    // Only sinks that keep dead letters in a table have these.
    if (metric->name.starts_with("phoenix_dead_letter_")) continue;
    EXPECT_THAT(page, HasSubstr("# TYPE " + std::string(metric->name) + " "));
  }
}

TEST_F(SuiteTest, PublishesTheStreamsOfLanesAndSinks) {
  ASSERT_TRUE(suite_.Start().ok());
  ASSERT_TRUE(Offer({"1", "2"}).ok());
  EXPECT_TRUE(suite_.Drain(kLong));
  const auto sent =
      registry_.Snapshot().SumBy(metric::kStreamSentBatches, label::kPeerName);
  // The batch that was offered, and the farewell, which no door has sent.
  EXPECT_THAT(sent,
              ElementsAre(Pair("dead", 0), Pair("lane 0", 1), Pair("out", 2)));
}

TEST_F(SuiteTest, NamesASinkThatFailsInItsHealthAndInItsReport) {
  small_.out->answers.assign(
      1000, {.outcome = Outcome::kRetry,
             .why = absl::UnavailableError("connection refused")});
  ASSERT_TRUE(suite_.Start().ok());
  EXPECT_TRUE(health_.Ready().ok);
  ASSERT_TRUE(Offer({"1"}).ok());
  while (health_.Ready().ok) std::this_thread::yield();
  EXPECT_THAT(health_.Ready().reasons,
              ElementsAre(StartsWith(
                  "sink 'out': failing: connection refused, attempt ")));
  EXPECT_THAT(suite_.SlowestPart(),
              StartsWith("sink 'out' failing: connection refused, attempt "));
  EXPECT_FALSE(suite_.Drain(absl::ZeroDuration()));
  EXPECT_THAT(recorder_.names(), ElementsAre("retry"));
  EXPECT_THAT(
      suite_.Report(),
      Contains(AllOf(StartsWith("out: "), HasSubstr("attempts to write a"),
                     HasSubstr("last error: connection refused"))));
}

TEST_F(SuiteTest, HasGivenNothingBackWhenItsSinksDeliverAfterTheDeadline) {
  small_.out->answers.push_back({.outcome = Outcome::kDelivered,
                                 .why = absl::OkStatus(),
                                 .applies = [out = small_.out](uint32_t) {
                                   while (!out->cancelled)
                                     std::this_thread::yield();
                                   return true;
                                 }});
  ASSERT_TRUE(suite_.Start().ok());
  ASSERT_TRUE(Offer({"1"}).ok());
  EXPECT_TRUE(suite_.Drain(absl::ZeroDuration()));
  EXPECT_THAT(recorder_.names(), ElementsAre("delivered"));
}

TEST_F(SuiteTest, NamesASourceThatHasTroubleInItsHealthAndInItsReport) {
  ASSERT_TRUE(suite_.Start().ok());
  small_.source->sick = true;
  while (health_.Ready().ok) std::this_thread::yield();
  EXPECT_THAT(health_.Ready().reasons,
              ElementsAre("source 'door': position can't be saved"));
  small_.source->sick = false;
  while (!health_.Ready().ok) std::this_thread::yield();
  small_.source->sick = true;
  EXPECT_FALSE(suite_.Drain(kLong));
  EXPECT_THAT(suite_.Report(), Contains("door: position can't be saved"));
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
