#include "libs/sources/http/decompressor.h"

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/sources/http/testing/compress.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

// Decompresses in parts of `cut` bytes.
absl::StatusOr<std::string> Decompress(std::string_view encoding,
                                       std::string_view input,
                                       DecompressionLimits limits = {},
                                       size_t cut = ~size_t{0}) {
  auto decompressor = MakeDecompressor(encoding, limits);
  if (!decompressor.ok()) return decompressor.status();
  std::string all;
  for (size_t at = 0; at < input.size(); at += std::min(cut, input.size())) {
    absl::Status fed =
        (*decompressor)->Feed(input.substr(at, cut), [&](auto part) {
          all += part;
          return absl::OkStatus();
        });
    if (!fed.ok()) return fed;
  }
  absl::Status finished = (*decompressor)->Finish();
  if (!finished.ok()) return finished;
  return all;
}

const std::string kText = "some text, " + std::string(200'000, 'x');

TEST(DecompressorTest, UndoesGzipAndZstd) {
  EXPECT_EQ(*Decompress("gzip", Gzip(kText), {}), kText);
  EXPECT_EQ(*Decompress("X-GZIP", Gzip("short")), "short");
  EXPECT_EQ(*Decompress("zstd", Zstd(kText)), kText);
}

TEST(DecompressorTest, TakesInputInAnyParts) {
  EXPECT_EQ(*Decompress("gzip", Gzip("abc"), {}, 1), "abc");
  EXPECT_EQ(*Decompress("zstd", Zstd("abc"), {}, 1), "abc");
}

TEST(DecompressorTest, JoinsSeveralMembers) {
  EXPECT_EQ(*Decompress("gzip", Gzip("abc") + Gzip("def")), "abcdef");
  EXPECT_EQ(*Decompress("zstd", Zstd("abc") + Zstd("def")), "abcdef");
}

TEST(DecompressorTest, PassesPlainBodiesThrough) {
  EXPECT_EQ(*Decompress("", "abc"), "abc");
  EXPECT_EQ(*Decompress("identity", "abc"), "abc");
}

TEST(DecompressorTest, RefusesAnUnknownEncoding) {
  for (const char* encoding : {"br", "gzip, gzip", "deflate"}) {
    EXPECT_EQ(Decompress(encoding, "").status().code(),
              absl::StatusCode::kUnimplemented);
  }
}

TEST(DecompressorTest, RefusesCorruptAndTruncatedInput) {
  for (const char* encoding : {"gzip", "zstd"}) {
    EXPECT_EQ(Decompress(encoding, "nonsense, nonsense").status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  const std::string gzip = Gzip(kText), zstd = Zstd(kText);
  for (const auto& status :
       {Decompress("gzip", gzip.substr(0, gzip.size() - 1)).status(),
        Decompress("zstd", zstd.substr(0, zstd.size() - 1)).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("in the middle"));
  }
}

TEST(DecompressorTest, RefusesOutputOverTheLimitAndTakesItAtTheLimit) {
  const DecompressionLimits limits{.max_output_bytes = 1000, .max_ratio = 1000};
  EXPECT_TRUE(Decompress("gzip", Gzip(std::string(1000, 'x')), limits).ok());
  for (const auto& status :
       {Decompress("gzip", Gzip(std::string(1001, 'x')), limits).status(),
        Decompress("", std::string(1001, 'x'), limits).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(status.message(),
              "body is larger than 1000 bytes (max_body_bytes)");
  }
}

TEST(DecompressorTest, RefusesABomb) {
  const std::string bomb(100 << 20, '\0');
  const DecompressionLimits limits{.max_output_bytes = 1 << 30,
                                   .max_ratio = 200};
  for (const auto& status : {Decompress("gzip", Gzip(bomb), limits).status(),
                             Decompress("zstd", Zstd(bomb), limits).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_THAT(std::string(status.message()), HasSubstr("200 times"));
  }
}

}  // namespace
}  // namespace phoenix
