#include "libs/pipeline/path_guarantee.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/testing/fixed_guarantee.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Guarantee = DeliveryGuarantee;

// A log, a sink `s` of each guarantee, and a dead-letter sink behind it.
class PathGuaranteeTest : public ::testing::Test {
 protected:
  PathGuaranteeTest() { pipeline_.log.emplace(); }

  PathGuarantee Of(Guarantee sink) {
    pipeline_.sinks.clear();
    pipeline_.sinks.push_back(FixedSink("s", sink));
    pipeline_.sinks.push_back(FixedSink("dead", sink));
    pipeline_.dead_letter = 1;
    return GuaranteeOf(pipeline_, 0);
  }

  std::vector<std::string> LimitsOf(Guarantee sink) {
    std::vector<std::string> all;
    for (const GuaranteeLimit& limit : Of(sink).limits) {
      all.push_back(limit.what);
    }
    return all;
  }

  CompiledPipeline pipeline_;
};

TEST_F(PathGuaranteeTest, IsWhatTheSinkGivesWhereNothingIsInTheWay) {
  pipeline_.steps.push_back(FixedStep("plain", /*makes_events=*/false));
  for (Guarantee sink : {Guarantee::kAtMostOnce, Guarantee::kAtLeastOnce,
                         Guarantee::kIdempotent, Guarantee::kExactlyOnce}) {
    EXPECT_EQ(Of(sink).guarantee, sink);
  }
  EXPECT_THAT(LimitsOf(Guarantee::kExactlyOnce), IsEmpty());
  EXPECT_THAT(LimitsOf(Guarantee::kAtLeastOnce),
              ElementsAre("'test' as it is configured gives 'at least once'"));
}

TEST_F(PathGuaranteeTest, NeedsALogForExactlyOnceAndForNothingElse) {
  pipeline_.log.reset();
  EXPECT_EQ(Of(Guarantee::kExactlyOnce).guarantee, Guarantee::kAtLeastOnce);
  EXPECT_EQ(Of(Guarantee::kIdempotent).guarantee, Guarantee::kIdempotent);
  EXPECT_EQ(Of(Guarantee::kAtMostOnce).guarantee, Guarantee::kAtMostOnce);
  EXPECT_THAT(LimitsOf(Guarantee::kExactlyOnce),
              ElementsAre(HasSubstr("there is no 'log'")));
}

TEST_F(PathGuaranteeTest, NamesEveryStepThatMakesEvents) {
  pipeline_.steps.push_back(FixedStep("one", /*makes_events=*/true));
  pipeline_.steps.push_back(FixedStep("two", /*makes_events=*/false));
  pipeline_.steps.push_back(FixedStep("three", /*makes_events=*/true));
  EXPECT_EQ(Of(Guarantee::kExactlyOnce).guarantee, Guarantee::kAtLeastOnce);
  EXPECT_THAT(LimitsOf(Guarantee::kExactlyOnce),
              ElementsAre("step 'one' makes events of its own",
                          "step 'three' makes events of its own"));
}

TEST_F(PathGuaranteeTest, IsAtLeastOnceForDeadLetters) {
  Of(Guarantee::kExactlyOnce);
  const PathGuarantee dead = GuaranteeOf(pipeline_, 1);
  EXPECT_EQ(dead.guarantee, Guarantee::kAtLeastOnce);
  ASSERT_EQ(dead.limits.size(), 1u);
  EXPECT_THAT(dead.limits[0].what, HasSubstr("dead letters"));
}

TEST_F(PathGuaranteeTest, IsAtMostOnceOrNoneBehindALogThatGivesEventsUp) {
  pipeline_.log->when_full = FullPolicy::kDropOldest;
  EXPECT_EQ(Of(Guarantee::kExactlyOnce).guarantee, Guarantee::kAtMostOnce);
  EXPECT_EQ(Of(Guarantee::kAtMostOnce).guarantee, Guarantee::kAtMostOnce);
  EXPECT_EQ(Of(Guarantee::kAtLeastOnce).guarantee, Guarantee::kNone);
  pipeline_.steps.push_back(FixedStep("one", /*makes_events=*/true));
  EXPECT_EQ(Of(Guarantee::kExactlyOnce).guarantee, Guarantee::kNone);
  EXPECT_THAT(LimitsOf(Guarantee::kExactlyOnce),
              ElementsAre(HasSubstr("step 'one'"), HasSubstr("gives up")));
}

TEST(GuaranteeNameTest, NamesEachGuarantee) {
  EXPECT_EQ(GuaranteeName(Guarantee::kNone), "none");
  EXPECT_EQ(GuaranteeName(Guarantee::kAtMostOnce), "at most once");
  EXPECT_EQ(GuaranteeName(Guarantee::kExactlyOnce), "exactly once");
}

}  // namespace
}  // namespace phoenix
