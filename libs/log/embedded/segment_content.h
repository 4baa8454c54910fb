#ifndef LIBS_LOG_EMBEDDED_SEGMENT_CONTENT_H_
#define LIBS_LOG_EMBEDDED_SEGMENT_CONTENT_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/log/embedded/segment.h"

namespace phoenix {

// More than the segments that can be missing have: what is left free, at least,
// when nobody knows where offsets ended.
inline constexpr int64_t kMinUnknownOffsets = int64_t{1} << 32;

// What reading a segment record by record has found.
struct SegmentContent {
  Segment segment;
  SparseIndex index;
  std::vector<CorruptRecord> corrupt;
  uint64_t torn_bytes = 0;

  // How many events there can have been behind the end at most: so many offsets
  // are not given again. 0 when nothing was lost there.
  int64_t unknown_events = 0;
};

// Where the segment behind this one says that the acknowledged events end.
inline constexpr int64_t kNoSuccessor = std::numeric_limits<int64_t>::max();

// Reads all records of a segment that has no footer, as far as its successor
// says that they count. Damage counts as corrupt, unless it is a torn tail of
// what was never acknowledged: at the very end, behind `end_on_record`
// (cursor_file.h), and looking torn. `segment` holds what is known from the
// header.
absl::StatusOr<SegmentContent> ReadSegmentContent(const File& file,
                                                  uint32_t salt,
                                                  const Segment& segment,
                                                  int64_t successor_end,
                                                  int64_t end_on_record);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_SEGMENT_CONTENT_H_
