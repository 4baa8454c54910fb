#ifndef TOOLS_PHOENIX_DLQ_DLQ_TESTING_H_
#define TOOLS_PHOENIX_DLQ_DLQ_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "libs/component/dead_letter_reader.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"

namespace phoenix {

// Dead letters of pipeline `weather`, of events from `/test` with these
// payloads and the ids e<first>, ..., on which `component` failed.
std::vector<DeadLetter> LettersIn(const std::string& component,
                                  const std::vector<std::string>& payloads,
                                  int first = 0);

// Puts them into the table at `path`, which is made; the test fails when that
// fails.
void PutLetters(const std::string& path,
                const std::vector<DeadLetter>& letters);

// `<source>#<id>` of the event.
std::string EventName(const DeadLetter& letter);

// Of the letters in the table, in order.
std::vector<std::string> IdsIn(const std::string& path);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_DLQ_TESTING_H_
