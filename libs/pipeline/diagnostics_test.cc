#include "libs/pipeline/diagnostics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(DiagnosticsTest, SortsByPositionAndKeepsTheOrderOfEqualOnes) {
  Diagnostics diagnostics("p.yaml");
  diagnostics.Add({3, 1}, "c");
  diagnostics.Add({1, 9}, "b");
  diagnostics.Add({1, 2}, "z");
  diagnostics.Add({1, 2}, "a");
  EXPECT_EQ(diagnostics.ToString(),
            "p.yaml:1:2: z\np.yaml:1:2: a\np.yaml:1:9: b\np.yaml:3:1: c\n");
}

TEST(DiagnosticsTest, SaysTheSameAtAPlaceOnce) {
  Diagnostics diagnostics("p.yaml");
  diagnostics.Add({1, 2}, "a");
  diagnostics.Add({1, 2}, "a");
  EXPECT_EQ(diagnostics.ToString(), "p.yaml:1:2: a\n");
}

TEST(DiagnosticsTest, LeavesOutAPositionThatIsNotKnown) {
  Diagnostics diagnostics("p.yaml");
  diagnostics.Add({}, "a");
  EXPECT_EQ(diagnostics.ToString(), "p.yaml: a\n");
}

TEST(DiagnosticsTest, KeepsABoundedNumberAndCountsTheRest) {
  Diagnostics diagnostics("p.yaml");
  const int extra = 5;
  for (size_t i = 0; i < Diagnostics::kMaxKept + extra; ++i) {
    diagnostics.Add({static_cast<int>(i) + 1, 1}, "a");
  }
  EXPECT_EQ(diagnostics.count(),
            static_cast<int>(Diagnostics::kMaxKept) + extra);
  EXPECT_EQ(diagnostics.Sorted().size(), Diagnostics::kMaxKept);
  EXPECT_THAT(diagnostics.ToString(),
              testing::EndsWith("p.yaml: and 5 more\n"));
}

TEST(DidYouMeanTest, NamesTheNearestOrNothing) {
  EXPECT_EQ(DidYouMean("flter", {"map", "filter"}), ": did you mean 'filter'?");
  EXPECT_EQ(DidYouMean("validate", {"map", "filter"}), "");
}

TEST(OneOfTest, JoinsNamesAsPeopleDo) {
  EXPECT_EQ(OneOf({}), "");
  EXPECT_EQ(OneOf({"a"}), "'a'");
  EXPECT_EQ(OneOf({"a", "b"}), "'a' or 'b'");
  EXPECT_EQ(OneOf({"a", "b", "c"}), "'a', 'b' or 'c'");
}

}  // namespace
}  // namespace phoenix
