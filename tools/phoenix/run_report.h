#ifndef TOOLS_PHOENIX_RUN_REPORT_H_
#define TOOLS_PHOENIX_RUN_REPORT_H_

#include <string>

#include "absl/time/time.h"
#include "tools/phoenix/suite.h"

namespace phoenix {

// What a run found, for the terminal, several lines: how long it took, what
// came in and what became of it (with the conservation check), what the doors
// refused and why, what steps failed on and kept, the latency from door to
// outcome, and what the components have to say.
std::string RunReport(const Suite& suite, absl::Duration duration);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_RUN_REPORT_H_
