#include "libs/log/kafka/partition_birth.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(PartitionBirthTest, IsCommittedAsText) {
  for (const PartitionBirth& birth :
       {PartitionBirth{0, 1'770'000'000'123}, PartitionBirth{17, 0},
        PartitionBirth{PartitionBirth::kUnknownRecord, 5}}) {
    EXPECT_EQ(PartitionBirth::Decode(birth.Encode()), birth);
  }
}

TEST(PartitionBirthTest, TakesNothingThatNoLogHasWritten) {
  for (const char* text : {"", "phoenix-log", "phoenix-log 1", "other 1 2",
                           "phoenix-log x 2", "phoenix-log 1 2 3"}) {
    EXPECT_EQ(PartitionBirth::Decode(text), std::nullopt) << text;
  }
}

TEST(PartitionBirthTest, IsInTheNameOfTheLog) {
  EXPECT_EQ((PartitionBirth{3, 42}).LogName("topic@cluster"),
            "topic@cluster#42");
}

}  // namespace
}  // namespace phoenix
