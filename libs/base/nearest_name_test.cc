#include "libs/base/nearest_name.h"

#include <array>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

constexpr std::array<std::string_view, 4> kSteps = {"filter", "map", "stats",
                                                    "validate"};

TEST(NearestNameTest, DistanceCountsEachKindOfEditOnce) {
  EXPECT_EQ(EditDistance("map", "map"), 0u);
  EXPECT_EQ(EditDistance("map", "maps"), 1u);
  EXPECT_EQ(EditDistance("map", "ap"), 1u);
  EXPECT_EQ(EditDistance("map", "mop"), 1u);
  EXPECT_EQ(EditDistance("map", "mpa"), 1u);
  EXPECT_EQ(EditDistance("map", "MPA"), 1u);
  EXPECT_EQ(EditDistance("", "map"), 3u);
  EXPECT_EQ(EditDistance("filter", "map"), 6u);
}

TEST(NearestNameTest, FindsTheNameThatWasMeant) {
  EXPECT_EQ(NearestName("fliter", kSteps), "filter");
  EXPECT_EQ(NearestName("valdate", kSteps), "validate");
  EXPECT_EQ(NearestName("mapp", kSteps), "map");
  EXPECT_EQ(NearestName("Stats", kSteps), "stats");
}

TEST(NearestNameTest, GuessesNothingFromAFarName) {
  EXPECT_EQ(NearestName("window", kSteps), "");
  EXPECT_EQ(NearestName("", kSteps), "");
  EXPECT_EQ(NearestName("xy", kSteps), "");
  EXPECT_EQ(NearestName("x", std::array<std::string_view, 1>{"n"}), "");
}

TEST(NearestNameTest, LooksAtNamesUpToTheLimit) {
  const std::string longest(kMaxSuggestBytes, 'x');
  const std::array<std::string_view, 1> known = {longest};
  std::string typed = longest;
  typed[0] = 'y';
  EXPECT_EQ(NearestName(typed, known), longest);
  EXPECT_EQ(NearestName(typed + 'x', known), "");
}

TEST(NearestNameTest, SuggestionEndsAMessageOrIsEmpty) {
  EXPECT_EQ(Suggestion("fliter", kSteps), ": did you mean 'filter'?");
  EXPECT_EQ(Suggestion("window", kSteps), "");
}

}  // namespace
}  // namespace phoenix
