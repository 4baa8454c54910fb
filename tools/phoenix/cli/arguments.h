#ifndef TOOLS_PHOENIX_CLI_ARGUMENTS_H_
#define TOOLS_PHOENIX_CLI_ARGUMENTS_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace phoenix {

// What a command takes.
struct ArgumentSpec {
  // Flags, each with the values that it may have; none: any value.
  std::map<std::string, std::vector<std::string>> flags;

  // What is not a flag: how many there may be.
  size_t min_positional = 0;
  size_t max_positional = 0;
};

// The arguments of one command line.
struct Arguments {
  std::map<std::string, std::string> flags;
  std::vector<std::string> positional;

  // The value of a flag, or `fallback` when it was not given.
  std::string Flag(const std::string& name,
                   const std::string& fallback = "") const;
};

// Reads `--flag value` and `--flag=value` among other arguments; behind `--`
// nothing is a flag. INVALID_ARGUMENT says what is wrong and what was expected.
absl::StatusOr<Arguments> ParseArguments(absl::Span<char* const> args,
                                         const ArgumentSpec& spec);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_ARGUMENTS_H_
