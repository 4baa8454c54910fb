#include "libs/base/failpoint.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

absl::Status First() { return PHOENIX_FAILPOINT("base.test.first"); }
absl::Status Second() { return PHOENIX_FAILPOINT("base.test.second"); }

// Nobody calls it: it is in the registry all the same.
[[maybe_unused]] absl::Status Never() {
  return PHOENIX_FAILPOINT("base.test.never");
}

TEST(FailpointTest, DoesNothingUnlessArmed) {
  EXPECT_TRUE(First().ok());
  EXPECT_EQ(FailpointHits("base.test.first"), 0u);
}

TEST(FailpointTest, FailsWhenArmed) {
  const ScopedFailpoints armed("base.test.first=error");
  EXPECT_TRUE(absl::IsUnavailable(First()));
  EXPECT_TRUE(absl::IsUnavailable(First()));
  EXPECT_TRUE(Second().ok());
}

TEST(FailpointTest, FailsAtTheNthHitOnly) {
  const ScopedFailpoints armed("base.test.first=error:full@2");
  EXPECT_TRUE(First().ok());
  EXPECT_TRUE(absl::IsResourceExhausted(First()));
  EXPECT_TRUE(First().ok());
}

TEST(FailpointTest, CountsHitsWhileAnyIsArmed) {
  {
    const ScopedFailpoints armed(
        "base.test.first=count, base.test.second=count");
    EXPECT_TRUE(First().ok());
    EXPECT_TRUE(Second().ok());
    EXPECT_TRUE(Second().ok());
    EXPECT_EQ(FailpointHits("base.test.first"), 1u);
    EXPECT_EQ(FailpointHits("base.test.second"), 2u);
  }
  EXPECT_EQ(FailpointHits("base.test.second"), 0u);
}

TEST(FailpointTest, ListsAllThatAreLinkedInReachedOrNot) {
  EXPECT_THAT(FailpointNames(),
              testing::ElementsAre("base.test.first", "base.test.never",
                                   "base.test.second"));
}

TEST(FailpointTest, PausesTheThread) {
  const ScopedFailpoints armed("base.test.first=pause:1ms");
  EXPECT_TRUE(First().ok());
  EXPECT_EQ(FailpointHits("base.test.first"), 1u);
}

TEST(FailpointTest, RefusesWhatItDoesNotUnderstandAndArmsNothing) {
  for (const char* spec :
       {"base.test.first", "base.test.first=explode", "nobody=kill",
        "base.test.first=error@x", "base.test.first=pause:soon"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        ArmFailpoints(std::string("base.test.second=error,") + spec)))
        << spec;
  }
  EXPECT_TRUE(Second().ok());
}

TEST(FailpointTest, IsArmedByTheEnvironment) {
  setenv(kFailpointsVariable, "base.test.first=error", 1);
  EXPECT_TRUE(ArmFailpointsFromEnvironment().ok());
  EXPECT_FALSE(First().ok());
  DisarmFailpoints();
  unsetenv(kFailpointsVariable);
  EXPECT_TRUE(ArmFailpointsFromEnvironment().ok());
  EXPECT_TRUE(First().ok());
}

TEST(FailpointDeathTest, KillsTheProcess) {
  const ScopedFailpoints armed("base.test.first=kill");
  EXPECT_EXIT(static_cast<void>(First()), testing::KilledBySignal(SIGKILL), "");
}

}  // namespace
}  // namespace phoenix
