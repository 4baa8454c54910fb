#include "libs/log/kafka/record_parts.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RecordPartsTest, AreAsFewAsAreSmallEnough) {
  const std::vector<std::string> payloads(8, std::string(1'000, 'x'));
  const EventBatchPtr batch = BatchOf(payloads);
  const auto whole = EncodeInParts(*batch, RecordLimits(100'000), "t");
  ASSERT_TRUE(whole.ok());
  EXPECT_THAT(whole->events, ElementsAre(8));
  const RecordLimits limits(whole->bytes(0) - 1);
  const auto halves = EncodeInParts(*batch, limits, "t");
  ASSERT_TRUE(halves.ok());
  EXPECT_THAT(halves->events, ElementsAre(4, 4));
}

TEST(RecordPartsTest, SayWhichEventIsTooLarge) {
  const absl::Status refused =
      EncodeInParts(*BatchOf({"small", std::string(5'000, 'x')}),
                    RecordLimits(4'000), "t")
          .status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("at most 4000"));
}

// Nobody knows the topic's limit: it lies between what was refused and half of
// that, or below.
TEST(RecordLimitsTest, AreHalvedForBatchesAndTriedForOneEvent) {
  RecordLimits limits(100'000);
  limits.Refused(50'000, 3);
  EXPECT_EQ(limits.Of(2), 25'000);
  EXPECT_EQ(limits.Of(1), 49'999);
  limits.Refused(40'000, 1);
  EXPECT_EQ(limits.Of(2), 25'000);
  EXPECT_EQ(limits.Of(1), 39'999);
  const std::vector<std::string> payloads = {std::string(30'000, 'x'),
                                             std::string(1'000, 'x'), "y", "z"};
  const auto parts = EncodeInParts(*BatchOf(payloads), limits, "t");
  ASSERT_TRUE(parts.ok());
  EXPECT_THAT(parts->events, ElementsAre(1, 1, 2));
}

TEST(RecordLimitsTest, OnlyFall) {
  RecordLimits limits(10'000);
  limits.Lower(9'000);
  limits.Lower(20'000);
  limits.Refused(30'000, 5);
  EXPECT_THAT(std::vector({limits.Of(1), limits.Of(2)}), Each(9'000));
}

}  // namespace
}  // namespace phoenix
