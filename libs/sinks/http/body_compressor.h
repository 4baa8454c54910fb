#ifndef LIBS_SINKS_HTTP_BODY_COMPRESSOR_H_
#define LIBS_SINKS_HTTP_BODY_COMPRESSOR_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace phoenix {

enum class BodyCompression { kNone, kGzip, kZstd };

// The name of the compression in a Content-Encoding header; empty for kNone.
std::string_view ContentEncoding(BodyCompression compression);

// Overwrites `out` with `body`, compressed at the library's default level.
// INTERNAL when the library fails (it is out of memory).
absl::Status CompressBody(BodyCompression compression, std::string_view body,
                          std::string& out);

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_BODY_COMPRESSOR_H_
