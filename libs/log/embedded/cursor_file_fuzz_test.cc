// Arbitrary bytes as a cursor slot and as META: taken only when they are what
// would be written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/quarantine.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const phoenix::LogId id = {1, 2};
  if (const auto slot = phoenix::DecodeCursorSlot(bytes, id)) {
    const auto again =
        phoenix::EncodeCursorSlot(slot->state, slot->sequence, id);
    if (phoenix::DecodeCursorSlot(again, id)->state != slot->state) {
      std::abort();
    }
  }
  const auto meta = phoenix::ParseLogMeta(bytes);
  if (meta.ok() && phoenix::EncodeLogMeta(*meta) != bytes) std::abort();
  phoenix::ParseSegmentFileName(bytes);
  phoenix::ParseQuarantineFileName(bytes);
  return 0;
}
