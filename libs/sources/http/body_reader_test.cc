#include "libs/sources/http/body_reader.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/event/decode_error.h"
#include "libs/http/message.h"
#include "libs/sources/byte_allowance.h"
#include "libs/sources/http/body_decoder.h"
#include "libs/sources/http/body_format.h"
#include "libs/sources/http/decompressor.h"
#include "libs/sources/http/testing/compress.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kMiB = 1 << 20;
constexpr size_t kMaxBatchBytes = 2 * kMiB;

// What a stream of lines has reserved, whatever of it has come.
constexpr size_t kStreamBytes = 4 * (256 << 10);

class BodyReaderTest : public testing::Test {
 protected:
  std::unique_ptr<BodyReader> Read(BodyFormat format, ByteAllowance& allowance,
                                   std::string_view encoding = "") {
    DecompressionLimits limits;
    BodyDecoderOptions options;
    options.max_body_bytes = kMiB;
    return std::make_unique<BodyReader>(
        *MakeDecompressor(encoding, limits),
        MakeBodyDecoder(format, http::RequestHead{}, options), allowance,
        kMaxBatchBytes);
  }

  std::vector<DecodedBatch> out_;
};

TEST_F(BodyReaderTest, TakesMoreOfTheAllowanceAsABodyGrows) {
  ByteAllowance allowance(16 * kMiB);
  const auto body = Read(BodyFormat::kJson, allowance);
  EXPECT_EQ(allowance.used_bytes(), 0u);
  ASSERT_TRUE(body->Feed(std::string(1000, ' '), out_).ok());
  const size_t small = allowance.used_bytes();
  EXPECT_GE(small, 1000u);
  EXPECT_LT(small, 10'000u);
  ASSERT_TRUE(body->Feed(std::string(100'000, ' '), out_).ok());
  EXPECT_GE(allowance.used_bytes(), 101'000u);
}

TEST_F(BodyReaderTest, RefusesABodyThatOutgrowsTheAllowance) {
  ByteAllowance allowance(250'000);
  const auto body = Read(BodyFormat::kJson, allowance);
  EXPECT_TRUE(body->Feed(std::string(100'000, ' '), out_).ok());
  EXPECT_TRUE(
      absl::IsResourceExhausted(body->Feed(std::string(100'000, ' '), out_)));
  EXPECT_LE(allowance.used_bytes(), allowance.max_bytes());
  body->Drop();
  EXPECT_EQ(allowance.used_bytes(), 0u);
}

TEST_F(BodyReaderTest, RefusesABodyThatFindsNoRoomToBecomeABatch) {
  ByteAllowance allowance(390'000);
  const auto body = Read(BodyFormat::kJson, allowance);
  ASSERT_TRUE(body->Feed("\"" + std::string(99'998, 'x') + "\"", out_).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(body->Finish(out_)));
  EXPECT_THAT(out_, IsEmpty());
}

TEST_F(BodyReaderTest, KeepsOnlyWhatABatchTakesThatWaits) {
  ByteAllowance allowance(kMiB);
  const auto body = Read(BodyFormat::kJson, allowance);
  ASSERT_TRUE(body->Feed("[1,2,3]", out_).ok());
  ASSERT_TRUE(body->Finish(out_).ok());
  ASSERT_THAT(out_, SizeIs(1));
  EXPECT_GE(allowance.used_bytes(), out_[0].batch->memory_bytes());
  EXPECT_LT(allowance.used_bytes(), out_[0].batch->memory_bytes() + 100);
  body->HandOn(*out_[0].batch);
  EXPECT_LT(allowance.used_bytes(), 100u);
}

TEST_F(BodyReaderTest, CountsEachBatchOfAStreamUntilItIsHandedOn) {
  ByteAllowance allowance(16 * kMiB);
  const auto body = Read(BodyFormat::kNdjson, allowance);
  ASSERT_TRUE(body->Feed("1\n", out_).ok());
  EXPECT_EQ(allowance.used_bytes(), kStreamBytes);
  ASSERT_TRUE(body->Flush(out_).ok());
  ASSERT_THAT(out_, SizeIs(1));
  EXPECT_EQ(allowance.used_bytes(),
            kStreamBytes + out_[0].batch->memory_bytes());
  body->HandOn(*out_[0].batch);
  EXPECT_EQ(allowance.used_bytes(), kStreamBytes);
  body->Drop();
  EXPECT_EQ(allowance.used_bytes(), 0u);
}

TEST_F(BodyReaderTest, RefusesAStreamBeforeAnythingOfItIsRead) {
  ByteAllowance allowance(kStreamBytes - 1);
  const auto body = Read(BodyFormat::kNdjson, allowance);
  EXPECT_TRUE(absl::IsResourceExhausted(body->Feed("1\n", out_)));
  EXPECT_THAT(out_, IsEmpty());
}

TEST_F(BodyReaderTest, CountsTheDecompressor) {
  ByteAllowance allowance(16 * kMiB);
  const auto body = Read(BodyFormat::kJson, allowance, "gzip");
  ASSERT_TRUE(body->Feed(Gzip("[1,2,3]"), out_).ok());
  EXPECT_GE(allowance.used_bytes(), 64u << 10);
  ASSERT_TRUE(body->Finish(out_).ok());
  EXPECT_LT(allowance.used_bytes(), 64u << 10);
}

TEST_F(BodyReaderTest, StopsABombWithinTheAllowance) {
  ByteAllowance allowance(kMiB / 2);
  const auto body = Read(BodyFormat::kJson, allowance, "zstd");
  EXPECT_TRUE(absl::IsResourceExhausted(
      body->Feed(Zstd(std::string(kMiB, ' ')), out_)));
  EXPECT_LE(allowance.used_bytes(), allowance.max_bytes());
}

TEST_F(BodyReaderTest, RefusesABatchThatItsColumnsMakeTooLarge) {
  std::string tokens = "[";
  while (tokens.size() < 900'000) tokens += "[1,1,1,1,1,1,1,1,1,1],";
  tokens += "1]";
  ByteAllowance allowance(64 * kMiB);
  const auto body = Read(BodyFormat::kJson, allowance);
  ASSERT_TRUE(body->Feed(tokens, out_).ok());
  const absl::Status finished = body->Finish(out_);
  EXPECT_TRUE(absl::IsOutOfRange(finished));
  EXPECT_THAT(std::string(finished.message()), HasSubstr("max_body_bytes"));
}

TEST_F(BodyReaderTest, GivesItsShareBackWhenItIsGone) {
  ByteAllowance allowance(16 * kMiB);
  Read(BodyFormat::kNdjson, allowance)->Feed("1\n", out_).IgnoreError();
  EXPECT_EQ(allowance.used_bytes(), 0u);
}

}  // namespace
}  // namespace phoenix
