#include "libs/log/embedded/retention.h"

#include <optional>
#include <utility>
#include <vector>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {

Retention::Retention(RetentionOptions options, FileSystem& files, Clock& clock,
                     Catalog& catalog, CursorFile cursor_file,
                     const CursorState& saved)
    : options_(std::move(options)),
      files_(files),
      clock_(clock),
      catalog_(catalog),
      cursor_file_(std::move(cursor_file)),
      saved_(saved) {}

absl::Status Retention::Write(const CursorState& state) {
  PHOENIX_RETURN_IF_ERROR(cursor_file_.Save(state));
  saved_ = state;
  return absl::OkStatus();
}

int64_t Retention::NewestEnd() const {
  const std::optional<Segment> newest = catalog_.newest_used();
  return newest ? newest->EndForTheRecord(options_.is_synced) : 0;
}

absl::Status Retention::Save(CursorState state) {
  state.newest_end = NewestEnd();
  state.newest_is_final =
      saved_.newest_is_final && state.newest_end == saved_.newest_end;
  return Write(state);
}

absl::Status Retention::NoteNewest() {
  const std::optional<Segment> newest = catalog_.newest_used();
  const bool is_noted = newest && saved_.newest_end > newest->base_offset;
  return is_noted ? absl::OkStatus() : Save(saved_);
}

absl::Status Retention::NoteEnd() {
  CursorState state = saved_;
  state.newest_end = NewestEnd();
  state.newest_is_final =
      state.newest_end > 0 && catalog_.end_offset() <= state.cursor_offset;
  return state == saved_ ? absl::OkStatus() : Write(state);
}

bool Retention::HasRoomFor(uint64_t bytes) const {
  return catalog_.bytes() + bytes <= options_.max_bytes;
}

absl::Status Retention::DeleteSettled(uint64_t bytes_to_come) {
  std::vector<Segment> segments = catalog_.segments();
  bool deleted = false;
  for (const Segment& first : segments) {
    if (!MayGo(first, bytes_to_come)) break;
    PHOENIX_RETURN_IF_ERROR(Delete(first));
    deleted = true;
  }
  return deleted ? files_.SyncFolder(options_.segments_folder)
                 : absl::OkStatus();
}

bool Retention::MayGo(const Segment& first, uint64_t bytes_to_come) const {
  const bool is_settled = first.end_offset <= saved_.cursor_offset;
  if (!is_settled || catalog_.IsOpen(first.base_offset)) return false;
  const uint64_t settled_bytes =
      catalog_.bytes() - catalog_.BytesFrom(saved_.cursor_offset);
  const absl::Duration age =
      clock_.Now() - absl::FromUnixNanos(first.create_time_nanos > 0
                                             ? first.create_time_nanos
                                             : first.last_append_time_nanos);
  return settled_bytes - first.file_bytes >= options_.retain_bytes ||
         age > options_.retain_age - options_.age_step() ||
         !HasRoomFor(bytes_to_come);
}

absl::Status Retention::Delete(const Segment& first) {
  if (saved_.newest_end > 0 && saved_.newest_end <= first.end_offset) {
    CursorState state = saved_;
    state.newest_end = 0;
    state.newest_is_final = false;
    PHOENIX_RETURN_IF_ERROR(Write(state));
  }
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.retain.before_remove"));
  catalog_.MarkFirst(/*goes=*/true);
  const absl::Status removed = files_.Remove(
      Cat(options_.segments_folder, "/", SegmentFileName(first.base_offset)));
  // Somebody was faster: what matters is that it is gone.
  if (!removed.ok() && !absl::IsNotFound(removed)) {
    catalog_.MarkFirst(/*goes=*/false);
    return removed;
  }
  catalog_.RemoveFirst();
  return PHOENIX_FAILPOINT("log.retain.after_remove");
}

}  // namespace phoenix
