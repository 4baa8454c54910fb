#ifndef LIBS_LOG_EMBEDDED_CURSOR_FILE_H_
#define LIBS_LOG_EMBEDDED_CURSOR_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/segment_format.h"

namespace phoenix {

// What the cursor file says. On disk, twice (at 0 and at 4,096, so that one
// torn write never hits both), 64 bytes little-endian each:
//
//   at  bytes
//    0    4   magic "PHXC"
//    4    4   CRC-32C of bytes 8 to 63
//    8    8   sequence: the slot with the higher one counts
//   16    8   cursor: every event below has its final outcome
//   24    8   offset bound: no event got an offset at or above it; 0 when
//             nothing can have got lost (see EmbeddedLogOptions::durability)
//   32    8   events dropped by FullPolicy::kDropOldest
//   40   16   id of the log
//   56    8   newest end; the highest bit says that every event has its final
//             outcome
struct CursorState {
  int64_t cursor_offset = 0;
  int64_t offset_bound = 0;
  uint64_t dropped_events = 0;

  // The events of the newest segment reached this far, at least, unless the log
  // has deleted it: 0. When those that are there don't, somebody has taken
  // them, and with them perhaps what was not final. Of a segment that nobody
  // syncs only its first event counts: see EndOnRecord.
  int64_t newest_end = 0;
  bool newest_is_final = false;  // They reached no further, and are final.

  friend bool operator==(const CursorState&, const CursorState&) = default;
};

// How far the events of a log reach at least whose last segment begins at
// `last_base`; 0 when the cursor file does not tell. That is so when a slot is
// damaged, for the other one may be older, and when the offset bound says that
// nobody has synced the segment (Durability::kOs): that its file is there is
// all that can be expected then.
int64_t EndOnRecord(const std::optional<CursorState>& state, int damaged_slots,
                    int64_t last_base);

// One slot.
inline constexpr size_t kCursorSlotBytes = 64;
std::string EncodeCursorSlot(const CursorState& state, uint64_t sequence,
                             const LogId& log_id);
struct CursorSlot {
  CursorState state;
  uint64_t sequence = 0;
};
std::optional<CursorSlot> DecodeCursorSlot(std::string_view bytes,
                                           const LogId& log_id);

// A whole file.
struct CursorContent {
  std::optional<CursorState> state;  // Of the slot that counts.
  uint64_t sequence = 0;             // Of that slot.

  // Where slots begin that are not valid.
  std::vector<uint64_t> damaged;

  // The other slot is all zeros, and this state the first of its file: it seems
  // that nobody has written there yet.
  bool one_is_unwritten = false;
};
CursorContent DecodeCursorFile(std::string_view bytes, const LogId& log_id);

// The file that keeps a cursor: two slots written in turn. Thread-compatible.
class CursorFile {
 public:
  static constexpr char kName[] = "cursor";
  static constexpr uint64_t kSlotDistance = 4096;

  // Makes a new one, durable, name included.
  static absl::Status Create(FileSystem& files, const std::string& folder,
                             const LogId& log_id);

  // Opens the one that is there. A file of which no slot is valid, or none at
  // all, gives state() nullopt: everything that is kept is read again then.
  static absl::StatusOr<CursorFile> Open(FileSystem& files,
                                         const std::string& folder,
                                         const LogId& log_id);

  const std::optional<CursorState>& state() const { return state_; }

  // Slots that are not valid: 0 to 2. While it is not 0 the state may be older
  // than the last one that was saved.
  int damaged_slots() const { return damaged_slots_; }

  // Writes and syncs. After an error the same slot is written again next time,
  // so the other one stays good.
  absl::Status Save(const CursorState& state);

  // Saves the state unless the file says it already, and writes each slot that
  // is not valid.
  absl::Status Mend(const CursorState& state);

 private:
  CursorFile(std::unique_ptr<File> file, const LogId& log_id)
      : file_(std::move(file)), log_id_(log_id) {}
  absl::Status Load();

  std::unique_ptr<File> file_;
  LogId log_id_;
  uint64_t sequence_ = 0;  // Of the last slot that was saved.
  std::optional<CursorState> state_;
  int damaged_slots_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_CURSOR_FILE_H_
