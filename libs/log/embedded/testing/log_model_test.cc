#include "libs/log/embedded/testing/log_model.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

constexpr uint64_t kCases = 2'000;

TEST(LogModelTest, HoldsInAnySequence) {
  for (uint64_t seed = 1; seed <= kCases; ++seed) {
    ASSERT_EQ(RunLogModel(seed), "");
  }
}

}  // namespace
}  // namespace phoenix
