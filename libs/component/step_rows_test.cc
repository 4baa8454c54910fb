#include "libs/component/step_rows.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(StepRowsTest, OrdersFailuresAndKeepsTheFirstOfARow) {
  RowErrors failed = {{5, absl::InternalError("a")},
                      {1, absl::InternalError("b")},
                      {5, absl::InternalError("c")}};
  SortFailures(failed);
  ASSERT_EQ(failed.size(), 2u);
  EXPECT_EQ(failed[0].row, 1u);
  EXPECT_EQ(failed[1].row, 5u);
  EXPECT_EQ(failed[1].status.message(), "a");
}

TEST(StepRowsTest, TakesFailedRowsOut) {
  Selection rows = {0, 2, 4, 6};
  TakeOut({{2, absl::InternalError("")}, {6, absl::InternalError("")}}, rows);
  EXPECT_THAT(rows, ElementsAre(0, 4));
  TakeOut({}, rows);
  EXPECT_THAT(rows, ElementsAre(0, 4));
  TakeOut({{0, absl::InternalError("")}, {4, absl::InternalError("")}}, rows);
  EXPECT_THAT(rows, IsEmpty());
}

TEST(StepRowsTest, PassesOverRowsThatAreNotThere) {
  Selection rows = {3, 7};
  TakeOut({{1, absl::InternalError("")},
           {7, absl::InternalError("")},
           {9, absl::InternalError("")}},
          rows);
  EXPECT_THAT(rows, ElementsAre(3));
}

}  // namespace
}  // namespace phoenix
