#ifndef LIBS_LOG_EMBEDDED_RECOVERY_H_
#define LIBS_LOG_EMBEDDED_RECOVERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/embedded/segment_content.h"
#include "libs/log/embedded/segment_format.h"

namespace phoenix {

// Segments with these events are not there.
struct MissingEvents {
  int64_t first_offset = 0;
  int64_t end_offset = 0;
};

// What a log consists of when it has been opened: sealed segments only.
struct RecoveredSegments {
  std::vector<Segment> segments;  // By offset.
  CursorState cursor;

  // No event has had this offset, or a higher one.
  int64_t next_offset = 0;

  // What had to be done: for the log's log.
  uint64_t cut_bytes = 0;        // Of a torn tail.
  uint64_t corrupt_records = 0;  // Newly found.
  bool cursor_was_lost = false;

  // Nobody knew where the offsets ended, for the cursor, or a slot of it, was
  // damaged: some were left free before `next_offset`.
  bool offsets_were_skipped = false;

  // Taken by somebody, behind the cursor: nothing is lost that was to be
  // delivered.
  std::vector<MissingEvents> missing_behind;
};

// What recovery works on; all of it outlives the call.
struct RecoveryInput {
  FileSystem& files;
  const std::string& folder;  // Of the log.
  LogId log_id;
  CursorFile& cursor_file;
  Quarantine& quarantine;
  bool is_synced = true;  // See RetentionOptions.
  absl::Time now;
};

// Where they go on then, when all that is left of the log ends at `known`: at
// least at the microseconds since 1970, so that a log of which nothing is left
// does not begin at the same place each time, nor before one where it began
// earlier and gave fewer than a million a second.
int64_t NextUnknownOffset(int64_t known, absl::Time now);

// Brings the segments of a log to order after whatever happened: reads the
// footers of the sealed ones; reads one that was being written record by
// record, cuts its torn tail, puts corrupt records aside, and seals it, unless
// the disk is full. Changes nothing else. What it does, it does again when it
// is cut short.
//
// DATA_LOSS, naming the events, when segments are missing, or empty, that may
// have held events beyond the cursor, between others or the newest: somebody
// has to decide. FAILED_PRECONDITION when a segment belongs to another log, or
// a newer version wrote it.
absl::StatusOr<RecoveredSegments> RecoverSegments(const RecoveryInput& input);

// The offsets of the segments in a folder, from their names, ascending; other
// files are left alone.
absl::StatusOr<std::vector<int64_t>> ListSegments(
    FileSystem& files, const std::string& segments_folder);

// The header of a segment; nullopt when it is damaged or cut short.
// FAILED_PRECONDITION when it says that the segment is none of this log, has
// another name, or was written by a newer version; says what to do.
absl::StatusOr<std::optional<SegmentHeader>> ReadSegmentHeader(
    const File& file, const LogId& log_id, int64_t base_offset);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RECOVERY_H_
