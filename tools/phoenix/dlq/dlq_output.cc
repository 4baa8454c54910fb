#include "tools/phoenix/dlq/dlq_output.h"

#include <cstdio>

#include "tools/phoenix/cli/exit_code.h"

namespace phoenix {

bool TakeSwitch(std::vector<char*>& args, std::string_view name) {
  return std::erase_if(args, [&](const char* arg) { return arg == name; }) > 0;
}

int DlqFailed(const absl::Status& status) {
  std::fprintf(stderr, "phoenix dlq: %s\n",
               std::string(status.message()).c_str());
  return kExitNoInput;
}

void WarnOfLettersWithoutValue(uint64_t letters) {
  if (letters == 0) return;
  std::fprintf(stderr,
               "phoenix dlq: --where has no value for %llu dead letters, which "
               "were left out\n",
               static_cast<unsigned long long>(letters));
}

}  // namespace phoenix
