#include "libs/component/sink_decorators/held_back.h"

#include "gtest/gtest.h"
#include "libs/component/sink_decorators/retry_after.h"

namespace phoenix {
namespace {

TEST(HeldBackTest, IsToldFromTheStatusThatItWasMadeOf) {
  absl::Status why = absl::UnavailableError("server answered 503");
  SetRetryAfter(why, absl::Seconds(3));
  const absl::Status held = HeldBack(why);
  EXPECT_TRUE(IsHeldBack(held));
  EXPECT_FALSE(IsHeldBack(why));
  EXPECT_EQ(held.code(), why.code());
  EXPECT_EQ(held.message(), why.message());
  EXPECT_EQ(RetryAfterOf(held), absl::Seconds(3));
}

}  // namespace
}  // namespace phoenix
