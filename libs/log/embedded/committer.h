#ifndef LIBS_LOG_EMBEDDED_COMMITTER_H_
#define LIBS_LOG_EMBEDDED_COMMITTER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "libs/base/clock.h"
#include "libs/log/embedded/catalog.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/pending_append.h"
#include "libs/log/embedded/segment.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/log.h"

namespace phoenix {

// How a committer stores.
struct CommitterOptions {
  std::string segments_folder;
  LogId log_id;
  std::string log_name;  // In the identity of every batch.
  Durability durability = Durability::kDisk;
  bool keep_identity = false;  // See EmbeddedLogOptions.
  uint64_t segment_bytes = 0;
};

// Stores groups of batches: one write and one sync for a group, a new segment
// when the last one is full. Used by one thread.
//
// A sync that fails may have lost any part of what was written since the last
// one, and a second sync would not tell: so the segment ends at its last
// durable record for good, the group is refused, and the next group goes to a
// new segment, with offsets of its own.
class Committer {
 public:
  // `files`, `clock` and `catalog` outlive the committer. The first event gets
  // `next_offset`; `last` is the segment before it, or an empty one.
  Committer(CommitterOptions options, FileSystem& files, Clock& clock,
            Catalog& catalog, const Segment& last, int64_t next_offset);

  // Stores a group, as durable as the options say, and enters it into the
  // catalog; gives its batches with their identities. Otherwise nothing of the
  // group was stored. RESOURCE_EXHAUSTED: the disk is full; UNAVAILABLE: the
  // storage failed.
  absl::StatusOr<std::vector<EventBatchPtr>> Commit(
      absl::Span<PendingAppend> group);

  // Makes sure that the disk has room for a group of so many bytes, where it
  // would go to. RESOURCE_EXHAUSTED, UNAVAILABLE: as for Commit.
  absl::Status EnsureRoom(uint64_t group_bytes);

  // Ends the segment that is being written, if there is one and it is not
  // empty, so that it can be deleted or the log be closed.
  absl::Status SealSegment(bool sync);

  // The same, when it was begun so long ago.
  absl::Status SealOlderThan(absl::Duration age);

  // The next event gets this offset, or a higher one.
  int64_t next_offset() const { return next_offset_; }
  uint64_t syncs() const { return syncs_; }

 private:
  struct Group;  // On its way.

  absl::Status EnsureSegment(uint64_t group_bytes);
  absl::Status BeginSegment();
  absl::Status EndSegment();
  Group Prepare(absl::Span<PendingAppend> appends) const;
  EventBatchPtr Identified(const EventBatchPtr& batch, int64_t offset) const;
  absl::Status Store(Group& group);
  absl::Status Sync();
  absl::Status Refuse(const Group& group, const absl::Status& status);

  const CommitterOptions options_;
  FileSystem& files_;
  Clock& clock_;
  Catalog& catalog_;
  std::optional<SegmentWriter> writer_;
  int64_t last_end_offset_;  // Of the segment before.
  int64_t next_offset_;
  int64_t last_time_nanos_ = 0;
  uint64_t syncs_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_COMMITTER_H_
