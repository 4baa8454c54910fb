#include "libs/log/log.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(DurabilityTest, HasTheNameThatAcksCarry) {
  EXPECT_EQ(DurabilityName(Durability::kMemory), "MEMORY");
  EXPECT_EQ(DurabilityName(Durability::kOs), "OS");
  EXPECT_EQ(DurabilityName(Durability::kDisk), "DISK");
  EXPECT_EQ(DurabilityName(Durability::kReplicated), "REPLICATED");
}

}  // namespace
}  // namespace phoenix
