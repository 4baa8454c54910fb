#ifndef LIBS_EVENT_UTF8_H_
#define LIBS_EVENT_UTF8_H_

#include <string_view>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"

namespace phoenix {

// Whether the bytes are valid UTF-8, as SIMD checks it.
bool IsUtf8(std::string_view bytes);

// Whether every range of `blob` is valid UTF-8 by itself; ranges that are
// StringColumn::kNullRange are passed over, the others lie within `blob`.
bool AreUtf8(std::string_view blob, absl::Span<const ByteRange> ranges);

}  // namespace phoenix

#endif  // LIBS_EVENT_UTF8_H_
