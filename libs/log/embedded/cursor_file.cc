#include "libs/log/embedded/cursor_file.h"

#include <algorithm>
#include <utility>

#include "libs/base/crc32c.h"
#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/little_endian.h"

namespace phoenix {
namespace {

constexpr uint32_t kMagic = 0x43584850;  // "PHXC"

// That of a file of which no slot was valid, or that was not there.
constexpr uint64_t kFirstSequence = 1;

constexpr uint64_t kNewestIsFinal = uint64_t{1} << 63;

uint64_t EncodeNewest(const CursorState& state) {
  return static_cast<uint64_t>(state.newest_end) |
         (state.newest_is_final ? kNewestIsFinal : 0);
}

void DecodeNewest(uint64_t value, CursorState& state) {
  state.newest_end = static_cast<int64_t>(value & ~kNewestIsFinal);
  state.newest_is_final = (value & kNewestIsFinal) != 0;
}

uint64_t SlotPosition(uint64_t sequence) {
  return sequence % 2 * CursorFile::kSlotDistance;
}

}  // namespace

int64_t EndOnRecord(const std::optional<CursorState>& state, int damaged_slots,
                    int64_t last_base) {
  if (damaged_slots > 0 || !state) return 0;
  const bool is_unsynced = state->offset_bound > state->newest_end;
  if (is_unsynced && state->newest_end <= last_base + 1) return 0;
  return state->newest_end;
}

std::string EncodeCursorSlot(const CursorState& state, uint64_t sequence,
                             const LogId& log_id) {
  std::string bytes(kCursorSlotBytes, '\0');
  char* const to = bytes.data();
  StoreLittleEndian(to, 0, kMagic);
  StoreLittleEndian(to, 8, sequence);
  StoreLittleEndian(to, 16, state.cursor_offset);
  StoreLittleEndian(to, 24, state.offset_bound);
  StoreLittleEndian(to, 32, state.dropped_events);
  StoreLittleEndian(to, 40, log_id.high);
  StoreLittleEndian(to, 48, log_id.low);
  StoreLittleEndian(to, 56, EncodeNewest(state));
  StoreLittleEndian(to, 4, Crc32c(std::string_view(bytes).substr(8)));
  return bytes;
}

std::optional<CursorSlot> DecodeCursorSlot(std::string_view bytes,
                                           const LogId& log_id) {
  if (bytes.size() < kCursorSlotBytes ||
      LoadLittleEndian<uint32_t>(bytes, 0) != kMagic ||
      LoadLittleEndian<uint32_t>(bytes, 4) !=
          Crc32c(bytes.substr(8, kCursorSlotBytes - 8))) {
    return std::nullopt;
  }
  const LogId found = {LoadLittleEndian<uint64_t>(bytes, 40),
                       LoadLittleEndian<uint64_t>(bytes, 48)};
  if (found != log_id) return std::nullopt;
  CursorSlot slot;
  slot.sequence = LoadLittleEndian<uint64_t>(bytes, 8);
  slot.state = {LoadLittleEndian<int64_t>(bytes, 16),
                LoadLittleEndian<int64_t>(bytes, 24),
                LoadLittleEndian<uint64_t>(bytes, 32)};
  DecodeNewest(LoadLittleEndian<uint64_t>(bytes, 56), slot.state);
  return slot;
}

CursorContent DecodeCursorFile(std::string_view bytes, const LogId& log_id) {
  CursorContent content;
  bool is_zero = false;  // The slot that is not valid.
  for (const uint64_t at : {SlotPosition(0), SlotPosition(1)}) {
    const std::string_view there =
        bytes.substr(std::min<size_t>(at, bytes.size()), kCursorSlotBytes);
    const auto slot = DecodeCursorSlot(there, log_id);
    if (!slot) {
      content.damaged.push_back(at);
      is_zero = there.find_first_not_of('\0') == there.npos;
    } else if (!content.state || slot->sequence > content.sequence) {
      content.state = slot->state;
      content.sequence = slot->sequence;
    }
  }
  if (is_zero && content.sequence == kFirstSequence) {
    content.damaged.clear();
    content.one_is_unwritten = true;
  }
  return content;
}

absl::Status CursorFile::Create(FileSystem& files, const std::string& folder,
                                const LogId& log_id) {
  std::string content;
  for (const uint64_t sequence : {0, 1}) {
    content.resize(SlotPosition(sequence), '\0');
    content += EncodeCursorSlot({}, sequence, log_id);
  }
  return WriteWholeFile(files, folder, kName, content);
}

absl::StatusOr<CursorFile> CursorFile::Open(FileSystem& files,
                                            const std::string& folder,
                                            const LogId& log_id) {
  const std::string path = Cat(folder, "/", kName);
  auto file = files.Open(path, OpenMode::kReadWrite);
  if (absl::IsNotFound(file.status())) {
    file = files.Open(path, OpenMode::kCreate);
    PHOENIX_RETURN_IF_ERROR(file.status());
    PHOENIX_RETURN_IF_ERROR(files.SyncFolder(folder));
  }
  if (!file.ok()) return MoveAway(file.status());
  CursorFile cursor(*std::move(file), log_id);
  PHOENIX_RETURN_IF_ERROR(cursor.Load());
  return cursor;
}

absl::Status CursorFile::Load() {
  char bytes[kSlotDistance + kCursorSlotBytes];
  PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                           file_->ReadAt(0, bytes, sizeof(bytes)));
  const CursorContent content = DecodeCursorFile({bytes, read}, log_id_);
  state_ = content.state;
  sequence_ = content.sequence;
  damaged_slots_ = static_cast<int>(content.damaged.size()) +
                   (content.one_is_unwritten ? 1 : 0);
  return absl::OkStatus();
}

absl::Status CursorFile::Mend(const CursorState& state) {
  if (state_ != state) PHOENIX_RETURN_IF_ERROR(Save(state));
  while (damaged_slots_ > 0) PHOENIX_RETURN_IF_ERROR(Save(state));
  return absl::OkStatus();
}

absl::Status CursorFile::Save(const CursorState& state) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.cursor.before_write"));
  const uint64_t sequence = sequence_ + 1;
  PHOENIX_RETURN_IF_ERROR(file_->WriteAt(
      SlotPosition(sequence), {EncodeCursorSlot(state, sequence, log_id_)}));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.cursor.before_sync"));
  PHOENIX_RETURN_IF_ERROR(file_->Sync());
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.cursor.after_sync"));
  sequence_ = sequence;
  state_ = state;
  // The slot that does not count is the one that was written.
  if (damaged_slots_ > 0) --damaged_slots_;
  return absl::OkStatus();
}

}  // namespace phoenix
