#ifndef TOOLS_PHOENIX_DLQ_LETTER_TEXT_H_
#define TOOLS_PHOENIX_DLQ_LETTER_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"

namespace phoenix {

// A dead letter for people, with what could confuse a terminal escaped. Each
// text ends with a line feed.

// Its number and id, without a line feed.
std::string LetterName(const StoredDeadLetter& stored);

// The line above a list of LetterLine.
std::string LetterLineHeader();

// One line, cut where a message is long.
std::string LetterLine(const StoredDeadLetter& stored);

// All that is known, the whole payload too.
std::string LetterDetails(const StoredDeadLetter& stored);

// A dead letter for programs: an object on one line, with the event as a
// CloudEvent in JSON form under `event`. INVALID_ARGUMENT when its attributes
// were changed to something that is none.
absl::StatusOr<std::string> LetterJson(const StoredDeadLetter& stored);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_LETTER_TEXT_H_
