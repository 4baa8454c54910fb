#include "libs/pipeline/broken_fields.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(BrokenFieldsTest, TouchesWhatIsBrokenAndWhatHoldsIt) {
  BrokenFields broken;
  broken.Add("steps[1].config.set[0].path");
  EXPECT_TRUE(broken.Touches("steps[1].config.set[0].path"));
  EXPECT_TRUE(broken.Touches("steps[1].config.set[0]"));
  EXPECT_TRUE(broken.Touches("steps[1].config.set"));
  EXPECT_TRUE(broken.Touches("steps[1]"));
  EXPECT_TRUE(broken.Touches(""));
}

TEST(BrokenFieldsTest, TouchesNeitherSiblingsNorWhatLiesWithin) {
  BrokenFields broken;
  broken.Add("steps[1].config.set_all");
  broken.Add("steps[1].config.rules[0]");
  EXPECT_FALSE(broken.Touches("steps[1].config.set"));
  EXPECT_FALSE(broken.Touches("steps[1].config.rules[0].name"));
  EXPECT_FALSE(broken.Touches("steps[10]"));
  EXPECT_FALSE(BrokenFields().Touches(""));
}

TEST(BrokenFieldsTest, FindsAFieldBehindOneWithALongerName) {
  BrokenFields broken;
  broken.Add("set-x");
  broken.Add("set.y");
  EXPECT_TRUE(broken.Touches("set"));
}

}  // namespace
}  // namespace phoenix
