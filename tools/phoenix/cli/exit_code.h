#ifndef TOOLS_PHOENIX_CLI_EXIT_CODE_H_
#define TOOLS_PHOENIX_CLI_EXIT_CODE_H_

namespace phoenix {

// What the commands exit with, so that scripts can tell: those of sysexits.h
// where there is one.
enum ExitCode {
  kExitOk = 0,
  kExitFailed = 1,        // A test of a pipeline failed.
  kExitChanges = 2,       // `plan`: a candidate would change something.
  kExitUsage = 64,        // The command line is wrong.
  kExitNoInput = 66,      // A file can't be read.
  kExitUnavailable = 69,  // A component can't start: a port in use, say.
  kExitCantCreate = 73,   // A file can't be written.
  kExitConfig = 78,       // The pipeline file is wrong.
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_EXIT_CODE_H_
