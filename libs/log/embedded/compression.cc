#include "libs/log/embedded/compression.h"

#include <lz4.h>
#include <zstd.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace phoenix {
namespace {

// The fastest: the log must keep up with the doors.
constexpr int kZstdLevel = 1;

// 0: it did not fit.
size_t CompressInto(Compression compression, std::string_view bytes, char* to,
                    size_t room) {
  if (compression == Compression::kLz4) {
    const int size =
        LZ4_compress_default(bytes.data(), to, static_cast<int>(bytes.size()),
                             static_cast<int>(room));
    return static_cast<size_t>(size);
  }
  const size_t size =
      ZSTD_compress(to, room, bytes.data(), bytes.size(), kZstdLevel);
  return ZSTD_isError(size) ? 0 : size;
}

bool DecompressInto(Compression compression, std::string_view compressed,
                    char* to, size_t size) {
  if (compression == Compression::kLz4) {
    const int result = LZ4_decompress_safe(compressed.data(), to,
                                           static_cast<int>(compressed.size()),
                                           static_cast<int>(size));
    return result >= 0 && static_cast<size_t>(result) == size;
  }
  return ZSTD_decompress(to, size, compressed.data(), compressed.size()) ==
         size;
}

}  // namespace

SharedBytes Compress(Compression compression, std::string_view bytes) {
  const size_t room = bytes.size() - bytes.size() / 8;
  auto compressed = std::make_shared_for_overwrite<char[]>(room);
  const size_t size = CompressInto(compression, bytes, compressed.get(), room);
  const std::string_view view(compressed.get(), size);
  return SharedBytes(std::move(compressed), view);
}

absl::Status Decompress(Compression compression, std::string_view compressed,
                        char* to, size_t size) {
  if (DecompressInto(compression, compressed, to, size)) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat("message: expected ", compressed.size(),
                   " compressed bytes to give ", size, ", they do not"));
}

}  // namespace phoenix
