#include "tools/phoenix/past/replay_choice.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "tools/phoenix/past/past_testing.h"
#include "tools/phoenix/past/replay_pipeline.h"

namespace phoenix {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

EventBatchPtr FourEvents() {
  return JsonBatch(
      {R"({"t": 1})", R"({"t": 2})", R"({"u": 3})", R"({"t": 4})"});
}

struct Applied {
  Applied(const LogRange& range, std::string_view where)
      : choice(*ReplayChoice::Create(range, where)) {
    choice->Apply(FourEvents(), /*first_offset=*/100, rows, left_out);
  }

  std::shared_ptr<ReplayChoice> choice;
  Selection rows = {0, 1, 2, 3};
  Selection left_out;
};

TEST(ReplayChoiceTest, TakesAllWithoutACondition) {
  const Applied applied({}, "");
  EXPECT_THAT(applied.rows, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(applied.left_out, IsEmpty());
}

TEST(ReplayChoiceTest, KeepsToOffsetsWithinABatch) {
  const Applied applied({.from_offset = 101, .to_offset = 103}, "");
  EXPECT_THAT(applied.rows, ElementsAre(1, 2));
  EXPECT_THAT(applied.left_out, ElementsAre(0, 3));
  EXPECT_EQ(applied.choice->left_out(), 2u);
}

TEST(ReplayChoiceTest, LeavesOutWhatTheConditionCantTell) {
  const Applied applied({}, "data.t > 1");
  EXPECT_THAT(applied.rows, ElementsAre(1, 3));
  EXPECT_THAT(applied.left_out, ElementsAre(0, 2));
  EXPECT_EQ(applied.choice->without_value(), 1u);
}

TEST(ReplayChoiceTest, SaysThatAConditionGaveNoBool) {
  const Applied applied({}, "data.t");
  EXPECT_THAT(applied.rows, IsEmpty());
  EXPECT_EQ(applied.choice->without_value(), 4u);
  EXPECT_THAT(std::string(applied.choice->first_error().message()),
              HasSubstr("expected 'bool'"));
}

TEST(ReplayChoiceTest, SaysWhereAConditionIsWrong) {
  const auto choice = ReplayChoice::Create({}, "data.t > ");
  EXPECT_EQ(choice.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(choice.status().message()), HasSubstr("column "));
  EXPECT_FALSE(ReplayChoice::Create({}, "1 + 1").ok());
}

TEST(ReplayPipelineTest, HasNoSourcesAndChoosesFirst) {
  BuiltPipeline built(WeatherPipeline("/x"));
  PrepareReplay(*ReplayChoice::Create({}, ""), *built.compiled);
  EXPECT_THAT(built.compiled->sources, IsEmpty());
  ASSERT_EQ(built.compiled->steps.size(), 3u);
  EXPECT_EQ(built.compiled->steps[0].name, "replay");
}

TEST(ReplayPipelineTest, GoesStraightToOneSink) {
  BuiltPipeline built(WeatherPipeline("/x"));
  ASSERT_TRUE(SendStraightTo("rest", *built.compiled).ok());
  EXPECT_THAT(built.compiled->steps, IsEmpty());
  ASSERT_THAT(built.compiled->sinks, SizeIs(2));
  EXPECT_EQ(built.compiled->sinks[built.compiled->dead_letter].name, "dead");
  ASSERT_THAT(built.compiled->routes, SizeIs(1));
  EXPECT_THAT(built.compiled->routes[0].sinks, ElementsAre(0));
  EXPECT_EQ(built.compiled->sinks[0].name, "rest");
}

TEST(ReplayPipelineTest, GoesStraightToTheDeadLetters) {
  BuiltPipeline built(WeatherPipeline("/x"));
  ASSERT_TRUE(SendStraightTo("dead", *built.compiled).ok());
  ASSERT_THAT(built.compiled->sinks, SizeIs(1));
  EXPECT_THAT(built.compiled->routes[0].sinks, ElementsAre(0));
  EXPECT_EQ(built.compiled->dead_letter, 0u);
}

TEST(ReplayPipelineTest, NamesTheSinksThatThereAre) {
  BuiltPipeline built(WeatherPipeline("/x"));
  const absl::Status status = SendStraightTo("rst", *built.compiled);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("sink 'rst' is not in 'p.yaml': expected one of hot, "
                        "rest, dead: did you mean 'rest'?"));
}

}  // namespace
}  // namespace phoenix
