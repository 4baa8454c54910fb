#ifndef LIBS_ENGINE_REJECT_TO_DEAD_LETTERS_H_
#define LIBS_ENGINE_REJECT_TO_DEAD_LETTERS_H_

#include <string>

#include "libs/component/config_report.h"
#include "libs/engine/dead_letters.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {

// A sink, and where it stands in the pipeline file.
struct SinkPlace {
  std::string name;
  SourcePosition position;
};

// What to settle a view with that goes to `sink`: rows that it can never take
// (kRejected) become dead letters of `input`, a batch with the same rows, and
// `settle` is called once, when those have their outcome, with the outcomes of
// all rows. `dead_letters` outlives the result.
SettleCallback RejectToDeadLetters(SinkPlace sink, EventBatchPtr input,
                                   DeadLetters& dead_letters,
                                   SettleCallback settle);

}  // namespace phoenix

#endif  // LIBS_ENGINE_REJECT_TO_DEAD_LETTERS_H_
