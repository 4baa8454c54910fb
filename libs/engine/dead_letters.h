#ifndef LIBS_ENGINE_DEAD_LETTERS_H_
#define LIBS_ENGINE_DEAD_LETTERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/config_report.h"
#include "libs/event/event_batch.h"
#include "libs/event/outcome.h"

namespace phoenix {

// A row that can't go on, and why.
struct DeadRow {
  uint32_t row = 0;
  std::string component;    // The step, route or sink that failed.
  SourcePosition position;  // Of it in the pipeline file.
  absl::Status status;
  int attempts = 1;
};

// Where events go that failed: the dead-letter sink. Thread-safe.
class DeadLetters {
 public:
  virtual ~DeadLetters() = default;

  // Sends the rows of `input`, the batch as it came in at a door, to the
  // dead-letter sink, and calls `settle` once with outcomes for them:
  // kDeadLettered, or what else became of them (kRetry on a stop, kRejected
  // when the dead-letter sink itself can never take them). Never blocks.
  virtual void Post(EventBatchPtr input, std::vector<DeadRow> rows,
                    SettleCallback settle) = 0;
};

}  // namespace phoenix

#endif  // LIBS_ENGINE_DEAD_LETTERS_H_
