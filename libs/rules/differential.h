#ifndef LIBS_RULES_DIFFERENTIAL_H_
#define LIBS_RULES_DIFFERENTIAL_H_

#include <string>
#include <string_view>

namespace phoenix {

// What a run over some bytes came to.
struct DifferentialRun {
  // What differs, with everything that is needed to see it again; empty when
  // nothing does.
  std::string difference;
  int rules = 0;       // That the type checker accepted.
  int vectorised = 0;  // Of these.
  int edits = 0;       // That were made.
};

// Makes rules, payloads and edits of the bytes, runs them by a Frame and
// compares every row, value and error with what the general evaluator says of
// the same payload: before the edits, between them and after them.
DifferentialRun RunDifferential(std::string_view bytes);

}  // namespace phoenix

#endif  // LIBS_RULES_DIFFERENTIAL_H_
