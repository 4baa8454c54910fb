#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_harness.h"
#include "libs/component/testing/operator_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/operators/stats/stats_factory.h"
#include "libs/operators/stats/stats_operator.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kConfig[] =
    "key: 'data.k' value: 'data.v' interval {seconds: 5}";

const bool kRegistered = RegisterOperatorSuite(
    {.name = "Stats",
     .register_kind = &RegisterStats,
     .config = kConfig,
     .payloads = {R"({"k":"a","v":1})", R"({"k":"b","v":2})", R"({"k":"a"})",
                  R"({"k":"a","v":3})"}});

class StatsTest : public testing::Test {
 protected:
  explicit StatsTest(const std::string& config = kConfig)
      : harness_(&RegisterStats, config) {}

  // The payloads that a tick publishes.
  std::vector<std::string> Tick(bool last = false) {
    std::vector<std::string> payloads;
    for (const EventBatchPtr& batch :
         harness_.get()->Tick(harness_.clock().Now(), last)) {
      for (std::string& payload :
           PayloadsOf(*batch, phoenix::AllOf(batch).rows)) {
        payloads.push_back(std::move(payload));
      }
    }
    return payloads;
  }

  OperatorHarness harness_;
};

TEST_F(StatsTest, PublishesWhatHasChangedEachInterval) {
  const StepResult result = harness_.Process(
      {R"({"k":"b","v":1.5})", R"({"k":"a","v":1})", R"({"k":"a","v":2})"});
  EXPECT_THAT(result.passed, ElementsAre(0, 1, 2));
  EXPECT_THAT(Tick(), IsEmpty());
  harness_.clock().Advance(absl::Seconds(5));
  EXPECT_THAT(
      Tick(),
      ElementsAre(R"({"key":"a","count":2,"mean":1.5,"min":1,"max":2})",
                  R"({"key":"b","count":1,"mean":1.5,"min":1.5,"max":1.5})"));
  harness_.Process({R"({"k":"b","v":-1.5})"});
  harness_.clock().Advance(absl::Seconds(4));
  EXPECT_THAT(Tick(), IsEmpty());
  harness_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(
      Tick(),
      ElementsAre(R"({"key":"b","count":2,"mean":0,"min":-1.5,"max":1.5})"));
}

TEST_F(StatsTest, PublishesAtTheEnd) {
  harness_.Process({R"({"k":"a","v":1})"});
  EXPECT_EQ(Tick(/*last=*/true).size(), 1u);
  EXPECT_THAT(Tick(/*last=*/true), IsEmpty());
}

TEST_F(StatsTest, PublishesEventsOfItsOwn) {
  harness_.Process({R"({"k":"a","v":1})"});
  const auto batches =
      harness_.get()->Tick(harness_.clock().Now(), /*last=*/true);
  ASSERT_EQ(batches.size(), 1u);
  const EventBatch& batch = *batches[0];
  EXPECT_EQ(batch.attribute(Attribute::kType).ToString(0), kStatsType);
  EXPECT_EQ(batch.attribute(Attribute::kSource).ToString(0),
            "/phoenix/pipeline/step");
  EXPECT_EQ(batch.attribute(Attribute::kSubject).ToString(0), "a");
}

TEST_F(StatsTest, FailsRowsWithoutKeyOrNumber) {
  const StepResult result = harness_.Process(
      {R"({"v":1})", R"({"k":"a","v":"1"})", R"({"k":{},"v":1})",
       R"({"k":null,"v":1})", R"({"k":7,"v":1})", R"({"k":true,"v":1})",
       R"({"k":")" + std::string(1025, 'x') + R"(","v":1})"});
  EXPECT_THAT(result.passed, ElementsAre(4, 5));
  EXPECT_THAT(result.failed_rows(), ElementsAre(0, 1, 2, 3, 6));
}

TEST_F(StatsTest, ReportsItsKeys) {
  harness_.Process({R"({"k":"a","v":1})", R"({"k":"a","v":2})"});
  EXPECT_THAT(harness_.get()->Report(),
              ElementsAre("1 keys", "a: count 2, mean 1.5, min 1, max 2"));
}

TEST_F(StatsTest, TellsTheNumberOneFromTheText) {
  harness_.Process({R"({"k":1,"v":1})", R"({"k":"1","v":2})",
                    R"({"k":1.0,"v":3})", R"({"k":true,"v":4})"});
  EXPECT_THAT(
      Tick(true),
      ElementsAre(R"({"key":"1","count":1,"mean":2,"min":2,"max":2})",
                  R"({"key":1,"count":2,"mean":2,"min":1,"max":3})",
                  R"({"key":true,"count":1,"mean":4,"min":4,"max":4})"));
  EXPECT_THAT(harness_.get()->Report(),
              ElementsAre("3 keys", "1: count 1, mean 2, min 2, max 2",
                          "1 (number): count 2, mean 2, min 1, max 3",
                          "true (bool): count 1, mean 4, min 4, max 4"));
}

class BoundedStatsTest : public StatsTest {
 protected:
  BoundedStatsTest() : StatsTest("key: 'data.k' value: '1' max_keys: 30") {}
};

TEST_F(BoundedStatsTest, KeepsABoundedNumberOfKeys) {
  std::vector<std::string> payloads;
  for (int i = 0; i < 100; ++i) {
    payloads.push_back("{\"k\":" + std::to_string(i % 40) + "}");
  }
  EXPECT_EQ(harness_.Process(payloads).passed.size(), 100u);
  const std::vector<std::string> published = Tick(true);
  EXPECT_EQ(published.size(), 31u);
  EXPECT_EQ(published[0], R"({"key":0,"count":3,"mean":1,"min":1,"max":1})");
  EXPECT_EQ(published.back(),
            R"({"key":null,"count":20,"mean":1,"min":1,"max":1})");
  const auto report = harness_.get()->Report();
  EXPECT_EQ(report.size(), StatsOperator::kMaxReportedKeys + 3);
  EXPECT_EQ(report[report.size() - 2], "and 10 more");
  EXPECT_EQ(report.back(),
            "all keys beyond the 30 of 'max_keys': count 20, mean 1, min 1, "
            "max 1");
}

TEST(StatsFactoryTest, PointsIntoExpressionsThatAreWrong) {
  const OperatorHarness harness(&RegisterStats, "key: 'data.' value: '1 +'");
  ASSERT_EQ(harness.errors().size(), 2u);
  EXPECT_THAT(harness.errors()[0], HasSubstr("key@5"));
  EXPECT_THAT(harness.errors()[1], HasSubstr("value@3"));
}

TEST(StatsFactoryTest, RefusesWhatIsNeverKeyOrNumber) {
  EXPECT_THAT(
      OperatorHarness(&RegisterStats, "key: 'time' value: '\"a\"'").errors(),
      ElementsAre("key@0: expression is of type 'timestamp': "
                  "expected text, a finite number or a bool",
                  "value@0: expression is of type 'string': expected a finite "
                  "number"));
  EXPECT_THAT(
      OperatorHarness(&RegisterStats, "key: 'id' value: '1.0/0.0'").errors(),
      ElementsAre("value@0: expression is always inf: expected a finite "
                  "number"));
}

}  // namespace
}  // namespace phoenix
