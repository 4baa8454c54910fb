#include "libs/component/sink_decorators/retry_after.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(RetryAfterTest, ComesBackAsItWasSet) {
  absl::Status status = absl::UnavailableError("busy");
  SetRetryAfter(status, absl::Milliseconds(1500));
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(1500));
}

TEST(RetryAfterTest, IsNothingWhenNobodySetIt) {
  EXPECT_FALSE(RetryAfterOf(absl::UnavailableError("busy")).has_value());
  EXPECT_FALSE(RetryAfterOf(absl::OkStatus()).has_value());
}

}  // namespace
}  // namespace phoenix
