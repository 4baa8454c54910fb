#ifndef LIBS_LOG_EMBEDDED_LOG_CHECK_H_
#define LIBS_LOG_EMBEDDED_LOG_CHECK_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/log.h"

namespace phoenix {

// A log's files as they lie there: nothing is changed, and no lock is taken, so
// that a log can be looked at while it is in use (its newest records may look
// torn then).
struct LogSurvey {
  LogMeta meta;
  std::optional<CursorState> cursor;
  int damaged_cursor_slots = 0;
  std::vector<Segment> segments;

  // What is not as it should be, a line each; empty: nothing.
  std::vector<std::string> findings;
};

// Called with each entry that can be read; false ends the reading.
using EntryVisitor = std::function<bool(const LogEntry&)>;

// Reads every record of the log in `folder` and checks every byte of its
// files. An error when META can't be read: then nothing is known.
absl::StatusOr<LogSurvey> SurveyLog(FileSystem& files,
                                    const std::string& folder,
                                    const EntryVisitor& visit);

// What SurveyLog finds.
absl::StatusOr<std::vector<std::string>> CheckLog(FileSystem& files,
                                                  const std::string& folder);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_LOG_CHECK_H_
