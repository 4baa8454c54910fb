#ifndef TOOLS_PHOENIX_COMMANDS_H_
#define TOOLS_PHOENIX_COMMANDS_H_

#include "absl/types/span.h"

namespace phoenix {

// The commands of `phoenix`. Each takes the arguments behind its own name,
// prints what it has to say and returns the exit status (cli/exit_code.h).

int RunCommand(absl::Span<char* const> args);
int CheckCommand(absl::Span<char* const> args);
int TestCommand(absl::Span<char* const> args);
int SchemaCommand(absl::Span<char* const> args);
int ListCommand(absl::Span<char* const> args);
int GraphCommand(absl::Span<char* const> args);
int LogCommand(absl::Span<char* const> args);
int ExplainCommand(absl::Span<char* const> args);
int PlanCommand(absl::Span<char* const> args);
int ReplayCommand(absl::Span<char* const> args);
int DlqCommand(absl::Span<char* const> args);
int NewCommand(absl::Span<char* const> args);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_COMMANDS_H_
