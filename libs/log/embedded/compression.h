#ifndef LIBS_LOG_EMBEDDED_COMPRESSION_H_
#define LIBS_LOG_EMBEDDED_COMPRESSION_H_

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "libs/base/shared_bytes.h"
#include "libs/log/embedded/record_header.h"

namespace phoenix {

// `bytes`, compressed for speed rather than size; empty when that saves less
// than an eighth, for then it is not worth the time of whoever reads. The
// compression is not kNone.
SharedBytes Compress(Compression compression, std::string_view bytes);

// Writes the original bytes, exactly `size`, to `to`. DATA_LOSS when
// `compressed` does not give as many. The compression is not kNone.
absl::Status Decompress(Compression compression, std::string_view compressed,
                        char* to, size_t size);

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_COMPRESSION_H_
