#include "libs/flow/simulation/simulation.h"

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace phoenix::flow::simulation {
namespace {

// Blocks, so that Bazel's shards share the work: 1,200 seeds in all.
constexpr uint64_t kBlocks = 8;
constexpr uint64_t kSeedsPerBlock = 150;

class SeedsTest : public testing::TestWithParam<uint64_t> {};

TEST_P(SeedsTest, HoldEveryInvariant) {
  const uint64_t first = GetParam() * kSeedsPerBlock + 1;
  for (uint64_t seed = first; seed < first + kSeedsPerBlock; ++seed) {
    const SimulationResult result = RunSimulation({.seed = seed});
    EXPECT_TRUE(result.violations.empty())
        << "replay with: bazel run //libs/flow/simulation:simulate -- --seed "
        << seed << "\n"
        << absl::StrJoin(result.violations, "\n");
  }
}

INSTANTIATE_TEST_SUITE_P(SimulationTest, SeedsTest,
                         testing::Range<uint64_t>(0, kBlocks));

TEST(SimulationTest, RepeatsItselfToTheLetter) {
  const SimulationOptions options = {.seed = 7, .trace = true};
  const SimulationResult first = RunSimulation(options);
  const SimulationResult second = RunSimulation(options);
  EXPECT_GT(first.trace.size(), 100u);
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_EQ(first.steps, second.steps);
}

TEST(SimulationTest, DiffersFromSeedToSeed) {
  const SimulationResult first = RunSimulation({.seed = 1, .trace = true});
  const SimulationResult second = RunSimulation({.seed = 2, .trace = true});
  EXPECT_NE(first.trace, second.trace);
}

struct BugCase {
  std::string name;
  Bug bug;
  std::string violation;  // What one of the violations must say.
};

std::ostream& operator<<(std::ostream& out, const BugCase& bug) {
  return out << bug.name;
}

class BugTest : public testing::TestWithParam<BugCase> {};

// How many of the first seeds show the bug is beside the point: one must.
TEST_P(BugTest, IsCaughtWithinFewSeeds) {
  std::string seen;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const SimulationResult result =
        RunSimulation({.seed = seed, .bug = GetParam().bug});
    for (const std::string& violation : result.violations) {
      if (violation.find(GetParam().violation) != std::string::npos) return;
      seen += violation + "\n";
    }
  }
  FAIL() << "no violation says '" << GetParam().violation << "', seen:\n"
         << seen.substr(0, 2000);
}

INSTANTIATE_TEST_SUITE_P(
    SimulationTest, BugTest,
    testing::Values(
        BugCase{"AckBeforeDelivery", Bug::kAckBeforeDelivery, "not there"},
        BugCase{"NoResend", Bug::kNoResend, "liveness"},
        BugCase{"ForgetStream", Bug::kForgetStream, "handed on twice"},
        BugCase{"IgnoreCredit", Bug::kIgnoreCredit, "on the way holds"},
        BugCase{"Reorder", Bug::kReorder, "order: event"},
        BugCase{"LoseOutcome", Bug::kLoseOutcome, "liveness"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace phoenix::flow::simulation
