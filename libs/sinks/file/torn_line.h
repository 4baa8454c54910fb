#ifndef LIBS_SINKS_FILE_TORN_LINE_H_
#define LIBS_SINKS_FILE_TORN_LINE_H_

#include "absl/status/status.h"
#include "libs/sinks/file/confined_directory.h"

namespace phoenix {

// Cuts a file of JSON lines back to its last line end when what follows is no
// JSON text: the half of a line in which a writer was killed. Nobody was told
// that it was written, so whoever sent it sends it again. What is a whole JSON
// text stays, and so does all that no line this sink writes could have left: a
// line that is longer than kMaxTornBytes. Says in the process's log what it
// cut. The file is open for reading and writing.
absl::Status CutTornLine(OpenedFile& file);

// Far more than the largest event.
inline constexpr uint64_t kMaxTornBytes = 64 << 20;

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_TORN_LINE_H_
