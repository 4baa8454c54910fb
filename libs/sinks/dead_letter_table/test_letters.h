#ifndef LIBS_SINKS_DEAD_LETTER_TABLE_TEST_LETTERS_H_
#define LIBS_SINKS_DEAD_LETTER_TABLE_TEST_LETTERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/component/dead_letter.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// Dead letters of pipeline `p`, one for each event of the batch.
inline EventBatchPtr LettersOf(const EventBatch& failed,
                               const std::string& message = "no such key") {
  std::vector<DeadLetterRow> rows;
  for (uint32_t row = 0; row < failed.size(); ++row) {
    rows.push_back({.row = row,
                    .component = "plausible",
                    .position = {.line = 12, .column = 5},
                    .status = absl::InvalidArgumentError(message)});
  }
  return MakeDeadLetters(failed, rows,
                         {.pipeline = "p",
                          .revision = "7",
                          .time = absl::FromUnixSeconds(1'700'000'000)});
}

}  // namespace phoenix

#endif  // LIBS_SINKS_DEAD_LETTER_TABLE_TEST_LETTERS_H_
