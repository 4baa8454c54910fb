#ifndef LIBS_ENGINE_DEAD_LETTERS_H_
#define LIBS_ENGINE_DEAD_LETTERS_H_

#include <vector>

#include "libs/component/dead_letter.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {

// Where events go that failed: the dead-letter sink. Thread-safe.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;

  // Sends the rows of `input`, the batch as it came in at a door, to the
  // dead-letter sink, and calls `settle` once with outcomes for them:
  // kDeadLettered, or kRetry on a stop, or when the dead-letter sink itself
  // can't take them. Never blocks.
  virtual void Post(EventBatchPtr input, std::vector<DeadLetterRow> rows,
                    SettleCallback settle) = 0;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_DEAD_LETTERS_H_
