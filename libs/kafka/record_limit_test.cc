#include "libs/kafka/record_limit.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(RecordLimitTest, TellsWhatIsTooLargeFromOtherRefusals) {
  EXPECT_TRUE(IsTooLarge(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE));
  EXPECT_TRUE(IsTooLarge(RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE));
  EXPECT_FALSE(IsTooLarge(RD_KAFKA_RESP_ERR_INVALID_RECORD));
  EXPECT_FALSE(IsTooLarge(RD_KAFKA_RESP_ERR_NO_ERROR));
}

TEST(SmallerLimitTest, IsWhatTheTopicSaysIfThatIsNews) {
  EXPECT_EQ(SmallerLimit(1000, 900, 700, 1), 700u);
  EXPECT_EQ(SmallerLimit(1000, 900, 1000, 1), 450u);
  EXPECT_EQ(SmallerLimit(1000, 900, 2000, 1), 450u);
}

TEST(SmallerLimitTest, IsHalfOfWhatWasRefusedIfTheTopicDoesNotSay) {
  EXPECT_EQ(SmallerLimit(1000, 900, std::nullopt, 1), 450u);
  EXPECT_EQ(SmallerLimit(1000, 90'000, std::nullopt, 1), 500u);
}

TEST(SmallerLimitTest, EndsAtTheLeast) {
  EXPECT_EQ(SmallerLimit(100, 100, std::nullopt, 61), 61u);
  EXPECT_EQ(SmallerLimit(61, 61, std::nullopt, 61), 61u);
  EXPECT_EQ(SmallerLimit(1000, 900, 10, 61), 61u);
}

}  // namespace
}  // namespace phoenix
