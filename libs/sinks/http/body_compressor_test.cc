#include "libs/sinks/http/body_compressor.h"

#include <zlib.h>
#include <zstd.h>

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

std::string Gunzip(const std::string& compressed, size_t size) {
  std::string out(size, '\0');
  z_stream stream = {};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string input = compressed;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.total_out, size);
  inflateEnd(&stream);
  return out;
}

std::string Body() {
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += std::to_string(i) + "\n";
  return body;
}

TEST(BodyCompressorTest, CompressesWithGzip) {
  const std::string body = Body();
  std::string out = "old";
  ASSERT_TRUE(CompressBody(BodyCompression::kGzip, body, out).ok());
  EXPECT_LT(out.size(), body.size() / 2);
  EXPECT_EQ(Gunzip(out, body.size()), body);
  EXPECT_EQ(ContentEncoding(BodyCompression::kGzip), "gzip");
}

TEST(BodyCompressorTest, CompressesWithZstd) {
  const std::string body = Body();
  std::string out = "old";
  ASSERT_TRUE(CompressBody(BodyCompression::kZstd, body, out).ok());
  std::string back(body.size(), '\0');
  EXPECT_EQ(ZSTD_decompress(back.data(), back.size(), out.data(), out.size()),
            body.size());
  EXPECT_EQ(back, body);
  EXPECT_EQ(ContentEncoding(BodyCompression::kZstd), "zstd");
}

TEST(BodyCompressorTest, LeavesABodyAsItIs) {
  std::string out = "old";
  ASSERT_TRUE(CompressBody(BodyCompression::kNone, "new", out).ok());
  EXPECT_EQ(out, "new");
  EXPECT_EQ(ContentEncoding(BodyCompression::kNone), "");
}

}  // namespace
}  // namespace phoenix
