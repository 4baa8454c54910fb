#include "libs/base/status_macros.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

absl::StatusOr<std::unique_ptr<int>> Make(int value) {
  if (value < 0) return absl::OutOfRangeError("negative");
  return std::make_unique<int>(value);
}

absl::StatusOr<int> Sum(int a, int b) {
  PHOENIX_ASSIGN_OR_RETURN(auto first, Make(a));
  PHOENIX_ASSIGN_OR_RETURN(const auto second, Make(b));
  return *first + *second;
}

absl::Status Check(int value, int* calls) {
  PHOENIX_RETURN_IF_ERROR(Make((++*calls, value)).status());
  ++*calls;
  return absl::OkStatus();
}

TEST(StatusMacrosTest, AssignOrReturnUnwrapsWhatCanOnlyMove) {
  EXPECT_EQ(Sum(1, 2).value_or(0), 3);
}

TEST(StatusMacrosTest, AssignOrReturnPassesTheErrorOn) {
  EXPECT_EQ(Sum(1, -1).status(), absl::OutOfRangeError("negative"));
}

TEST(StatusMacrosTest, ReturnIfErrorStopsThereAndEvaluatesOnce) {
  int calls = 0;
  EXPECT_FALSE(Check(-1, &calls).ok());
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(Check(1, &calls).ok());
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace phoenix
