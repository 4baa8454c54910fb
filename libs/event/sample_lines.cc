#include "libs/event/sample_lines.h"

#include <array>
#include <cstddef>

#include "absl/strings/str_format.h"
#include "libs/base/random.h"

namespace phoenix {
namespace {

template <size_t n>
const char* Pick(const std::array<const char*, n>& choices, Random& random) {
  return choices[random.Below(n)];
}

constexpr std::array<const char*, 4> kLevels = {"debug", "info", "warn",
                                                "error"};
constexpr std::array<const char*, 4> kServices = {"checkout", "catalogue",
                                                  "payments", "search"};
constexpr std::array<const char*, 3> kMethods = {"GET", "POST", "DELETE"};
constexpr std::array<const char*, 3> kMessages = {
    "request served",
    "upstream said \\\"try again\\\" and was asked again",
    "session \\u00e9tablie \\u2014 cache miss, filled from the replica",
};

}  // namespace

std::string SampleLogLines(uint32_t count, uint64_t seed) {
  Random random(seed);
  std::string lines;
  for (uint32_t i = 0; i < count; ++i) {
    absl::StrAppendFormat(
        &lines,
        R"({"ts":"2024-05-17T%02d:%02d:%02d.%03dZ","level":"%s",)"
        R"("service":"%s","host":"node-%02d.example.net","trace_id":"%016x)"
        R"(%016x","http":{"method":"%s","path":"/v1/items/%d",)"
        R"("status":%d,"bytes":%d},"duration_ms":%.3f,"user":{"id":%d,)"
        R"("roles":["reader","buyer"],"trial":%s},"message":"%s"})"
        "\n",
        random.Below(24), random.Below(60), random.Below(60),
        random.Below(1000), Pick(kLevels, random), Pick(kServices, random),
        random.Below(40), random.Next(), random.Next(), Pick(kMethods, random),
        random.Below(1'000'000), 200 + random.Below(4) * 100,
        random.Below(100'000), random.Uniform() * 900, random.Below(10'000'000),
        random.Chance(0.1) ? "true" : "false", Pick(kMessages, random));
  }
  return lines;
}

}  // namespace phoenix
