#include "libs/rules/differential.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "libs/base/random.h"

namespace phoenix {
namespace {

constexpr uint64_t kSeeds = 4'000;
// Enough for some payloads, six rules and two steps of edits.
constexpr uint64_t kMaxBytes = 1'000;

std::string RandomBytes(uint64_t seed) {
  Random random(seed);
  std::string bytes(random.Below(kMaxBytes), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.Next());
  return bytes;
}

TEST(DifferentialTest, VectorisedRulesSayWhatTheGeneralEvaluatorSays) {
  DifferentialRun sum;
  int failures = 0;
  for (uint64_t seed = 0; seed < kSeeds && failures < 5; ++seed) {
    const DifferentialRun run = RunDifferential(RandomBytes(seed));
    failures += !run.difference.empty();
    EXPECT_EQ(run.difference, "") << "seed " << seed;
    sum.rules += run.rules;
    sum.vectorised += run.vectorised;
    sum.edits += run.edits;
  }
  // The comparison is worth something only if most rules take the fast path.
  EXPECT_GT(sum.rules, 50'000);
  EXPECT_GT(sum.vectorised, sum.rules / 2);
  EXPECT_GT(sum.edits, 1'000);
}

}  // namespace
}  // namespace phoenix
