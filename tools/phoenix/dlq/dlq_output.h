#ifndef TOOLS_PHOENIX_DLQ_DLQ_OUTPUT_H_
#define TOOLS_PHOENIX_DLQ_DLQ_OUTPUT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace phoenix {

// What the commands of `phoenix dlq` have in common.

// Takes a flag that has no value out of the arguments; whether it was there.
bool TakeSwitch(std::vector<char*>& args, std::string_view name);

// Prints what keeps a command from its work, and returns kExitNoInput.
int DlqFailed(const absl::Status& status);

// Says on stderr how many letters a condition could not tell of.
void WarnOfLettersWithoutValue(uint64_t letters);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_DLQ_OUTPUT_H_
