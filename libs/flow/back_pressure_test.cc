#include "libs/flow/back_pressure.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace phoenix::flow {
namespace {

TEST(BackPressureTest, NamesWhoHoldsTheCallerUpAndWhenToTryAgain) {
  const absl::Status status =
      BackPressure("sink 'archive'", "64 batches wait", absl::Seconds(2.5));
  EXPECT_TRUE(absl::IsResourceExhausted(status));
  EXPECT_EQ(status.message(), "sink 'archive': 64 batches wait");
  EXPECT_EQ(LimitedBy(status), "sink 'archive'");
  EXPECT_EQ(RetryDelayOf(status), absl::Seconds(2.5));
}

TEST(BackPressureTest, FindsNothingInAnotherStatus) {
  EXPECT_EQ(LimitedBy(absl::InternalError("x")), "");
  EXPECT_EQ(RetryDelayOf(absl::InternalError("x")), std::nullopt);
  EXPECT_EQ(RetryDelayOf(absl::OkStatus()), std::nullopt);
}

}  // namespace
}  // namespace phoenix::flow
