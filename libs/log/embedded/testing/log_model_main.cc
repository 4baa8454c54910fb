// Runs many sequences of the log's model: --cases=N --seed=FIRST.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "libs/log/embedded/testing/log_model.h"

namespace phoenix {
namespace {

bool ReadFlag(std::string_view argument, std::string_view name,
              uint64_t& value) {
  return argument.substr(0, name.size()) == name &&
         absl::SimpleAtoi(std::string(argument.substr(name.size())), &value);
}

int Main(int argc, char** argv) {
  uint64_t cases = 2'000;
  uint64_t seed = 1;
  for (int i = 1; i < argc; ++i) {
    if (!ReadFlag(argv[i], "--cases=", cases) &&
        !ReadFlag(argv[i], "--seed=", seed)) {
      std::fprintf(stderr,
                   "usage: log_model_runner [--cases=N] [--seed=FIRST]\n");
      return 64;
    }
  }
  for (uint64_t i = 0; i < cases; ++i) {
    const std::string violation = RunLogModel(seed + i);
    if (violation.empty()) continue;
    std::printf("%s\nreplay: --cases=1 --seed=%llu\n", violation.c_str(),
                static_cast<unsigned long long>(seed + i));
    return 1;
  }
  std::printf("%llu sequences from seed %llu: nothing violated\n",
              static_cast<unsigned long long>(cases),
              static_cast<unsigned long long>(seed));
  return 0;
}

}  // namespace
}  // namespace phoenix

int main(int argc, char** argv) { return phoenix::Main(argc, argv); }
