#include "libs/sinks/http/body_compressor.h"

#include <zlib.h>
#include <zstd.h>

namespace phoenix {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // The largest window, gzip's header.
constexpr int kGzipMemoryLevel = 8;       // zlib's default.

absl::Status CompressGzip(std::string_view body, std::string& out) {
  z_stream stream = {};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits,
                   kGzipMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return absl::InternalError("zlib can't start");
  }
  out.resize(deflateBound(&stream, body.size()));
  // zlib does not write to its input, but does not say so.
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return absl::InternalError("zlib can't compress");
  return absl::OkStatus();
}

absl::Status CompressZstd(std::string_view body, std::string& out) {
  out.resize(ZSTD_compressBound(body.size()));
  const size_t size = ZSTD_compress(out.data(), out.size(), body.data(),
                                    body.size(), ZSTD_CLEVEL_DEFAULT);
  if (ZSTD_isError(size) != 0u) {
    return absl::InternalError("zstd can't compress");
  }
  out.resize(size);
  return absl::OkStatus();
}

}  // namespace

std::string_view ContentEncoding(BodyCompression compression) {
  switch (compression) {
    case BodyCompression::kGzip:
      return "gzip";
    case BodyCompression::kZstd:
      return "zstd";
    default:
      return "";
  }
}

absl::Status CompressBody(BodyCompression compression, std::string_view body,
                          std::string& out) {
  switch (compression) {
    case BodyCompression::kGzip:
      return CompressGzip(body, out);
    case BodyCompression::kZstd:
      return CompressZstd(body, out);
    default:
      out.assign(body);
      return absl::OkStatus();
  }
}

}  // namespace phoenix
