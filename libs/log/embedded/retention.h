#ifndef LIBS_LOG_EMBEDDED_RETENTION_H_
#define LIBS_LOG_EMBEDDED_RETENTION_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/log/embedded/catalog.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// How much of a log is kept.
struct RetentionOptions {
  std::string segments_folder;
  bool is_synced = true;      // Each event is, before it is acknowledged.
  uint64_t max_bytes = 0;     // Of the whole log.
  uint64_t retain_bytes = 0;  // Behind the cursor.
  absl::Duration retain_age = absl::InfiniteDuration();

  // How often what is too old has to be looked for, and how long a segment may
  // be written, so that nothing is kept longer than `retain_age`: an eighth of
  // it, so that little goes much earlier. Infinite when nothing gets too old.
  absl::Duration age_step() const {
    // More often would wake a log that does nothing, for an age nobody needs.
    constexpr absl::Duration kMinStep = absl::Milliseconds(100);
    return std::max(retain_age / 8, kMinStep);
  }
};

// Keeps the cursor on disk and deletes segments behind it, oldest first: never
// one that the cursor on disk has not passed. Notes there how far the newest
// reaches, so that nobody can take of it unnoticed. Used by one thread.
class Retention {
 public:
  // All outlive it but the cursor file, which it takes over; `saved` is what
  // that says.
  Retention(RetentionOptions options, FileSystem& files, Clock& clock,
            Catalog& catalog, CursorFile cursor_file, const CursorState& saved);

  // Makes `state` durable, and with it how far the events reach by now.
  absl::Status Save(CursorState state);
  const CursorState& saved() const { return saved_; }

  // Notes the newest segment as soon as there is something in it.
  absl::Status NoteNewest();

  // The last segment won't be written any more: notes whether all of it is
  // behind the cursor.
  absl::Status NoteEnd();

  // Deletes what is behind the saved cursor and is not to be kept, or has to go
  // because `bytes_to_come` more are to be stored. What would be too old after
  // another age_step() is so now.
  absl::Status DeleteSettled(uint64_t bytes_to_come);

  // Whether the log with so many bytes more is within its bound.
  bool HasRoomFor(uint64_t bytes) const;

 private:
  absl::Status Write(const CursorState& state);
  int64_t NewestEnd() const;
  bool MayGo(const Segment& first, uint64_t bytes_to_come) const;
  absl::Status Delete(const Segment& first);

  const RetentionOptions options_;
  FileSystem& files_;
  Clock& clock_;
  Catalog& catalog_;
  CursorFile cursor_file_;
  CursorState saved_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_RETENTION_H_
