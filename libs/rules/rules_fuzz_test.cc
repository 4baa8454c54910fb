// Bytes become rules, payloads and edits; the vectorised form of the rules must
// agree with the general evaluator on each row, before and after the edits.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "libs/rules/differential.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const phoenix::DifferentialRun run = phoenix::RunDifferential(bytes);
  if (run.difference.empty()) return 0;
  std::fprintf(stderr, "%s\n", run.difference.c_str());
  std::abort();
}
