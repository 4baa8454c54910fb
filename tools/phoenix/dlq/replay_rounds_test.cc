#include "tools/phoenix/dlq/replay_rounds.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/sinks/testing/temp_directory.h"
#include "tools/phoenix/dlq/dlq_testing.h"
#include "tools/phoenix/dlq/table_letters.h"
#include "tools/phoenix/past/past_testing.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReplayRoundsTest : public testing::Test {
 protected:
  std::vector<ReplayRound> Plan(const ReplayRoute& route) {
    PutLetters(path_, {});
    letters_ = *TableLetters::Open(path_, LetterAccess::kRead);
    auto scan = LetterScan::Create(*letters_, "weather", {});
    return *PlanRounds(route, **scan);
  }

  // The events that a round replays.
  std::vector<std::string> Included(const ReplayRound& round) {
    std::vector<std::string> ids;
    const auto page = *letters_->ReadPage("weather", 0);
    for (const StoredDeadLetter& stored : page) {
      if (round.Includes(stored)) ids.push_back(EventName(stored.letter));
    }
    return ids;
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "dead.db";
  std::unique_ptr<LetterStore> letters_;
};

// The weather pipeline with statistics between its two steps.
BuiltPipeline WithStats() {
  return BuiltPipeline(
      Edited(WeatherPipeline("/tmp"), "  - name: fahrenheit",
             "  - name: per-type\n    stats: {key: type, value: data.t}\n"
             "  - name: fahrenheit"));
}

std::vector<std::string> StepsOf(const CompiledPipeline& pipeline) {
  std::vector<std::string> names;
  for (const CompiledStep& step : pipeline.steps) names.push_back(step.name);
  return names;
}

TEST_F(ReplayRoundsTest, TakesOneRoundForAll) {
  PutLetters(path_, LettersIn("warm", {"1"}));
  PutLetters(path_, LettersIn("hot", {"2"}, 1));
  const auto rounds = Plan({.from_step = "fahrenheit"});
  ASSERT_EQ(rounds.size(), 1u);
  EXPECT_EQ(rounds[0].begin_at, "fahrenheit");
  EXPECT_THAT(Included(rounds[0]), ElementsAre("/test#e0", "/test#e1"));
}

TEST_F(ReplayRoundsTest, TakesARoundForEachPlaceOfFailure) {
  PutLetters(path_, LettersIn("warm", {"1", "2"}));
  PutLetters(path_, LettersIn("hot", {"3", "4"}, 2));
  // That one failed in two sinks.
  PutLetters(path_, LettersIn("rest", {"4"}, 3));
  const auto rounds = Plan({.from_failed = true});
  ASSERT_EQ(rounds.size(), 3u);
  EXPECT_EQ(rounds[0].begin_at, "");
  EXPECT_THAT(Included(rounds[0]), ElementsAre("/test#e3"));
  EXPECT_EQ(rounds[1].begin_at, "hot");
  EXPECT_THAT(Included(rounds[1]), ElementsAre("/test#e2"));
  EXPECT_EQ(rounds[2].begin_at, "warm");
  EXPECT_THAT(Included(rounds[2]), ElementsAre("/test#e0", "/test#e1"));
}

TEST_F(ReplayRoundsTest, NeedsNoRoundForNoLetters) {
  EXPECT_THAT(Plan({.from_failed = true}), IsEmpty());
}

TEST(BeginAtTest, RunsEarlierStepsThatOnlyCompute) {
  const BuiltPipeline built = WithStats();
  ASSERT_TRUE(BeginAt("fahrenheit", *built.compiled).ok());
  EXPECT_THAT(StepsOf(*built.compiled), ElementsAre("warm", "fahrenheit"));
  EXPECT_EQ(built.compiled->routes.size(), 2u);
}

TEST(BeginAtTest, KeepsTheStatisticsThatComeLater) {
  const BuiltPipeline built = WithStats();
  ASSERT_TRUE(BeginAt("warm", *built.compiled).ok());
  EXPECT_THAT(StepsOf(*built.compiled),
              ElementsAre("warm", "per-type", "fahrenheit"));
}

TEST(BeginAtTest, SendsToOneSinkWhatFailedThere) {
  const BuiltPipeline built = WithStats();
  ASSERT_TRUE(BeginAt("rest", *built.compiled).ok());
  EXPECT_THAT(StepsOf(*built.compiled), ElementsAre("warm", "fahrenheit"));
  ASSERT_EQ(built.compiled->routes.size(), 1u);
  ASSERT_EQ(built.compiled->sinks.size(), 2u);
  const size_t sink = built.compiled->routes[0].sinks[0];
  EXPECT_EQ(built.compiled->sinks[sink].name, "rest");
  EXPECT_EQ(built.compiled->sinks[built.compiled->dead_letter].name, "dead");
}

TEST(BeginAtTest, KnowsRoutes) {
  const BuiltPipeline built = WithStats();
  ASSERT_TRUE(BeginAt("heat", *built.compiled).ok());
  EXPECT_THAT(StepsOf(*built.compiled), ElementsAre("warm", "fahrenheit"));
  EXPECT_EQ(built.compiled->routes.size(), 2u);
}

TEST(BeginAtTest, SaysThatAPlaceIsGone) {
  const BuiltPipeline built = WithStats();
  const std::string why(BeginAt("farenheit", *built.compiled).message());
  EXPECT_THAT(why, HasSubstr("'farenheit' is no step, route or sink of"));
  EXPECT_THAT(why, HasSubstr("did you mean 'fahrenheit'?"));
}

TEST(ApplyRouteTest, SaysWhatToDoWithLettersWhoseStepIsGone) {
  const BuiltPipeline built = WithStats();
  const ReplayRound round{.begin_at = "tepid", .only = true};
  const std::string why(
      ApplyRoute({.from_failed = true}, round, *built.compiled).message());
  EXPECT_THAT(why, HasSubstr("'tepid' is no step, route or sink of"));
  EXPECT_THAT(why, HasSubstr("--from-step=NAME"));
  EXPECT_THAT(why, HasSubstr("--where 'component == \"tepid\"'"));
}

TEST(ApplyRouteTest, GoesStraightToASink) {
  const BuiltPipeline built = WithStats();
  ASSERT_TRUE(ApplyRoute({.to_sink = "hot"}, {}, *built.compiled).ok());
  EXPECT_THAT(StepsOf(*built.compiled), IsEmpty());
  const BuiltPipeline whole = WithStats();
  ASSERT_TRUE(ApplyRoute({}, {}, *whole.compiled).ok());
  EXPECT_EQ(whole.compiled->steps.size(), 3u);
}

}  // namespace
}  // namespace phoenix
