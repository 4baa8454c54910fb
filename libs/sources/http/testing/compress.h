#ifndef LIBS_SOURCES_HTTP_TESTING_COMPRESS_H_
#define LIBS_SOURCES_HTTP_TESTING_COMPRESS_H_

#include <zlib.h>
#include <zstd.h>

#include <string>
#include <string_view>

namespace phoenix {

// `text` as a gzip file, for tests.
inline std::string Gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
               Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// `text` as a zstd frame, for tests.
inline std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(),
                           ZSTD_CLEVEL_DEFAULT));
  return out;
}

}  // namespace phoenix

#endif  // LIBS_SOURCES_HTTP_TESTING_COMPRESS_H_
