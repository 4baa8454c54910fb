// Replays runs of the simulation:
//   simulate --seed 42        one run, with its trace
//   simulate --seeds 1:1000   a range, ends included; failing seeds are named
#include <cstdint>
#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/flow/simulation/simulation.h"

ABSL_FLAG(uint64_t, seed, 0, "the run to replay with its trace");
ABSL_FLAG(std::string, seeds, "", "FIRST:LAST, runs to check without trace");

namespace phoenix::flow::simulation {
namespace {

int Replay(uint64_t seed) {
  const SimulationResult result = RunSimulation({.seed = seed, .trace = true});
  for (const std::string& line : result.trace) std::cout << line << "\n";
  for (const std::string& violation : result.violations) {
    std::cout << "VIOLATION: " << violation << "\n";
  }
  std::cout << "seed " << seed << ": " << result.violations.size()
            << " violations, " << result.steps << " steps, "
            << absl::FormatDuration(result.elapsed) << " simulated\n";
  return result.violations.empty() ? 0 : 1;
}

int CheckRange(uint64_t first, uint64_t last) {
  uint64_t failures = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    const SimulationResult result = RunSimulation({.seed = seed});
    if (result.violations.empty()) continue;
    ++failures;
    std::cout << "seed " << seed << ": " << result.violations[0] << "\n";
  }
  std::cout << failures << " of " << last - first + 1
            << " seeds violate an invariant\n";
  return failures == 0 ? 0 : 1;
}

int Main() {
  const std::string range = absl::GetFlag(FLAGS_seeds);
  if (range.empty()) return Replay(absl::GetFlag(FLAGS_seed));
  const std::pair<std::string, std::string> ends =
      absl::StrSplit(range, absl::MaxSplits(':', 1));
  uint64_t first = 0, last = 0;
  if (!absl::SimpleAtoi(ends.first, &first) ||
      !absl::SimpleAtoi(ends.second, &last) || first > last) {
    std::cerr << "--seeds wants FIRST:LAST, such as 1:1000, not '" << range
              << "'\n";
    return 64;
  }
  return CheckRange(first, last);
}

}  // namespace
}  // namespace phoenix::flow::simulation

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return phoenix::flow::simulation::Main();
}
