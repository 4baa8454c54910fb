#ifndef TOOLS_PHOENIX_DLQ_SUBCOMMANDS_H_
#define TOOLS_PHOENIX_DLQ_SUBCOMMANDS_H_

#include <vector>

namespace phoenix {

// The commands of `phoenix dlq`. Each takes the arguments behind its own name,
// prints what it has to say and returns the exit status (cli/exit_code.h).

int DlqList(std::vector<char*> args);
int DlqShow(std::vector<char*> args);
int DlqDrop(std::vector<char*> args);
int DlqReplay(std::vector<char*> args);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_SUBCOMMANDS_H_
