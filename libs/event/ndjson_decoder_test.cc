#include "libs/event/ndjson_decoder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <utility>

#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "libs/event/sample_lines.h"

namespace phoenix {
namespace {

using Strings = std::vector<std::string>;

const EventDefaults kDefaults = {"run-", "/lines", "line", "application/json"};

NdjsonOptions Options() { return {.defaults = kDefaults}; }

std::vector<DecodedBatch> DecodeBatches(std::string input,
                                        const NdjsonOptions& options) {
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.DecodeWhole(SharedBytes::FromString(std::move(input)), 0, batches);
  return batches;
}

Decoded DecodeWhole(std::string input, NdjsonOptions options = Options()) {
  return Flatten(DecodeBatches(std::move(input), options));
}

// Reads the input in pieces of random sizes, decoding now and then.
Decoded DecodeInPieces(std::string_view input, NdjsonOptions options,
                       Random& random) {
  NdjsonDecoder decoder(std::move(options));
  std::vector<DecodedBatch> batches;
  while (!input.empty()) {
    const absl::Span<char> room = decoder.Buffer();
    if (room.empty() || random.Chance(0.3)) decoder.Decode(0, batches);
    if (room.empty()) continue;
    const absl::Span<char> space = decoder.Buffer();
    const size_t most = std::min(space.size(), input.size());
    const size_t size = 1 + random.Below(most);
    std::memcpy(space.data(), input.data(), size);
    decoder.Commit(size);
    input.remove_prefix(size);
  }
  decoder.Finish(0, batches);
  return Flatten(batches);
}

TEST(NdjsonDecoderTest, MakesAnEventOfEachLine) {
  EXPECT_EQ(DecodeWhole("{\"a\":1}\n[2]\n\"three\"\n"),
            (Decoded{{"{\"a\":1}", "[2]", "\"three\""}, {}}));
}

TEST(NdjsonDecoderTest, TakesCrlfEmptyLinesAndAnOpenEnd) {
  EXPECT_EQ(DecodeWhole("\r\n1\r\n\n\n2\n\r\n3"),
            (Decoded{{"1", "2", "3"}, {}}));
  EXPECT_EQ(DecodeWhole(""), Decoded{});
  EXPECT_EQ(DecodeWhole("\n\r\n"), Decoded{});
}

TEST(NdjsonDecoderTest, PassesLinesOfWhiteSpaceOver) {
  EXPECT_EQ(DecodeWhole(" \n1\n\t \r\n 2 \n  "), (Decoded{{"1", " 2 "}, {}}));
}

TEST(NdjsonDecoderTest, RefersToTheInput) {
  const auto input = SharedBytes::FromString("1\n{\"a\":2}\n");
  NdjsonDecoder decoder(Options());
  std::vector<DecodedBatch> batches;
  decoder.DecodeWhole(input, 77, batches);
  ASSERT_EQ(batches.size(), 1u);
  const EventBatch& batch = *batches[0].batch;
  EXPECT_EQ(batch.payload(1).data(), input.data() + 2);
  EXPECT_EQ(batch.receive_time_nanos(), 77);
  EXPECT_EQ(DescribeEvent(batch, 1),
            "id='run-1' source='/lines' type='line' "
            "datacontenttype='application/json' kind 3: {\"a\":2}");
}

TEST(NdjsonDecoderTest, RefersToTheReadBuffer) {
  NdjsonDecoder decoder(Options());
  std::vector<DecodedBatch> batches;
  const absl::Span<char> room = decoder.Buffer();
  std::memcpy(room.data(), "[1]\n[2", 6);
  decoder.Commit(6);
  decoder.Decode(0, batches);
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].batch->payload(0).data(), room.data());
  EXPECT_EQ(decoder.Buffer().data(), room.data() + 6);
}

TEST(NdjsonDecoderTest, ReportsInvalidLinesAndKeepsTheirNeighbours) {
  const Decoded decoded = DecodeWhole("1\n{\"a\":}\n\n2\n\xFF\n3\n[\n");
  EXPECT_EQ(decoded.payloads, (Strings{"1", "2", "3"}));
  ASSERT_EQ(decoded.errors.size(), 3u);
  EXPECT_EQ(decoded.errors[0].rfind("2: not valid JSON at byte '5': ", 0), 0u)
      << decoded.errors[0];
  EXPECT_EQ(decoded.errors[1].rfind("5: not valid JSON at byte '0'", 0), 0u)
      << decoded.errors[1];
  EXPECT_EQ(decoded.errors[2].rfind("7: ", 0), 0u) << decoded.errors[2];
  EXPECT_NE(decoded.errors[2].find("in '['"), std::string::npos);
}

TEST(NdjsonDecoderTest, KeepsTheIndexInStepWithTheRows) {
  const auto batches = DecodeBatches("x\n[1,2]\ny\nz\n{}\n7\nw\n", Options());
  ASSERT_EQ(batches.size(), 1u);
  const PayloadColumn& payload = batches[0].batch->payloads();
  const JsonIndex& index = *payload.json_index;
  ASSERT_EQ(index.first.size(), 4u);
  EXPECT_EQ(index.first.back(), index.tokens.size());
  EXPECT_EQ(index.first[1] - index.first[0], 5u);
  EXPECT_EQ(index.first[2] - index.first[1], 2u);
  for (uint32_t row = 0; row < 3; ++row) {
    EXPECT_EQ(index.tokens[index.first[row]], (*payload.ranges)[row].begin);
  }
}

TEST(NdjsonDecoderTest, TakesALineAtTheLimitAndRefusesOneOverIt) {
  NdjsonOptions options = Options();
  options.max_event_bytes = 4;
  options.limit_name = "max_line_bytes";
  EXPECT_EQ(DecodeWhole("1234\r\n12345\n6\n", options),
            (Decoded{{"1234", "6"},
                     {"2: line is longer than '4' bytes (max_line_bytes) "
                      "in ''"}}));
}

TEST(NdjsonDecoderTest, DoesNotHoldAnOverlongLine) {
  NdjsonOptions options = Options();
  options.max_event_bytes = 100;
  options.buffer_bytes = 64;
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.Feed("1\n", 0, batches);
  for (int i = 0; i < 10'000; ++i) {
    decoder.Feed("0123456789", 0, batches);
    ASSERT_LE(decoder.Buffer().size(), 512u);
  }
  decoder.Feed("\n2\n", 0, batches);
  const Decoded decoded = Flatten(batches);
  EXPECT_EQ(decoded.payloads, (Strings{"1", "2"}));
  ASSERT_EQ(decoded.errors.size(), 1u);
  EXPECT_EQ(decoded.errors[0].rfind("2: line is longer", 0), 0u);
}

TEST(NdjsonDecoderTest, GrowsForALineLongerThanItsBuffer) {
  NdjsonOptions options = Options();
  options.buffer_bytes = 64;
  Random random(1);
  const std::string line = "\"" + std::string(10'000, 'x') + "\"";
  const Decoded decoded = DecodeInPieces("1\n" + line + "\n2", options, random);
  EXPECT_EQ(decoded.payloads, (Strings{"1", line, "2"}));
}

TEST(NdjsonDecoderTest, CutsBatchesAtTheMostEvents) {
  NdjsonOptions options = Options();
  options.max_batch_events = 2;
  const auto batches = DecodeBatches("1\n2\n3\nx\n5\n", options);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].batch->size(), 2u);
  EXPECT_EQ(batches[1].batch->attribute(Attribute::kId).ToString(0), "run-2");
  ASSERT_EQ(batches[1].errors.size(), 1u);
  EXPECT_EQ(batches[1].errors[0].position, 4u);
  EXPECT_EQ(batches[2].batch->attribute(Attribute::kId).ToString(0), "run-3");
}

TEST(NdjsonDecoderTest, CutsBatchesAtAboutTheBuffersSize) {
  NdjsonOptions options = Options();
  options.buffer_bytes = 1'000;
  const auto batches = DecodeBatches(SampleLogLines(100, 1), options);
  EXPECT_GT(batches.size(), 20u);
  EXPECT_EQ(Flatten(batches).payloads.size(), 100u);
}

TEST(NdjsonDecoderTest, SaysWhichLineABatchEndsWith) {
  NdjsonOptions options = Options();
  options.max_batch_events = 2;
  const auto batches = DecodeBatches("1\n\n2\nbad\n4\n\n5", options);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[0].last_line, 3u);
  EXPECT_EQ(batches[1].last_line, 5u);
  EXPECT_EQ(batches[2].last_line, 7u);
}

TEST(NdjsonDecoderTest, MakesNoBatchOfErrorsAlone) {
  const auto batches = DecodeBatches("x\ny\n", Options());
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].batch, nullptr);
  EXPECT_EQ(batches[0].errors.size(), 2u);
}

TEST(NdjsonDecoderTest, BeginsAnewAfterTheEnd) {
  NdjsonDecoder decoder(Options());
  std::vector<DecodedBatch> batches;
  decoder.Feed("1\n2", 0, batches);
  decoder.Finish(0, batches);
  batches.clear();
  decoder.Feed("x\n3\n", 0, batches);
  decoder.Finish(0, batches);
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].errors[0].position, 1u);
  EXPECT_EQ(batches[0].batch->attribute(Attribute::kId).ToString(0), "run-2");
}

TEST(NdjsonDecoderTest, GivesTheBytesOfAnInvalidLine) {
  const auto batches = DecodeBatches("1\n{bad}\r\n2\n", Options());
  ASSERT_EQ(batches.size(), 1u);
  ASSERT_EQ(batches[0].errors.size(), 1u);
  EXPECT_EQ(batches[0].errors[0].bytes.view(), "{bad}");
  EXPECT_TRUE(absl::IsInvalidArgument(batches[0].errors[0].status));
}

TEST(NdjsonDecoderTest, SaysWhenItsBufferIsFull) {
  NdjsonOptions options = Options();
  options.buffer_bytes = 64;
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  const absl::Span<char> room = decoder.Buffer();
  ASSERT_EQ(room.size(), 64u);
  std::memset(room.data(), ' ', room.size());
  decoder.Commit(room.size());
  EXPECT_TRUE(decoder.Buffer().empty());
  decoder.Decode(0, batches);
  EXPECT_FALSE(decoder.Buffer().empty());
  EXPECT_TRUE(batches.empty());
}

TEST(NdjsonDecoderTest, WaitsWithALineAtTheLimitForItsEnd) {
  NdjsonOptions options = Options();
  options.max_event_bytes = 4;
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.Feed("1234\r", 0, batches);
  EXPECT_TRUE(batches.empty());
  decoder.Feed("\n", 0, batches);
  EXPECT_EQ(Flatten(batches).payloads, (Strings{"1234"}));
  decoder.Feed("12345", 0, batches);
  EXPECT_EQ(Flatten(batches).errors.size(), 1u);
}

TEST(NdjsonDecoderTest, EndsWithinAnOverlongLine) {
  NdjsonOptions options = Options();
  options.max_event_bytes = 4;
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.Feed("1\n123456", 0, batches);
  decoder.Finish(0, batches);
  decoder.Feed("2\n", 0, batches);
  const Decoded decoded = Flatten(batches);
  EXPECT_EQ(decoded.payloads, (Strings{"1", "2"}));
  EXPECT_EQ(decoded.errors.size(), 1u);
}

TEST(NdjsonDecoderTest, TakesBoundsThatMakeNoSense) {
  NdjsonOptions options = Options();
  options.buffer_bytes = 0;
  options.max_batch_events = 0;
  EXPECT_EQ(DecodeWhole("1\n2\n", options).payloads, (Strings{"1", "2"}));
}

TEST(NdjsonDecoderTest, CountsInABatchWhatItKeepsAlive) {
  const auto batches = DecodeBatches(SampleLogLines(100, 6), Options());
  ASSERT_EQ(batches.size(), 1u);
  const EventBatch& batch = *batches[0].batch;
  const PayloadColumn& payload = batch.payloads();
  EXPECT_GE(batch.memory_bytes(),
            payload.blob.size() + payload.json_index->memory_bytes());
  EXPECT_LT(batch.memory_bytes(),
            payload.blob.size() + payload.json_index->memory_bytes() + 4'096);
}

TEST(NdjsonDecoderTest, KeepsBatchesIntactWhileItReadsOn) {
  NdjsonOptions options = Options();
  options.buffer_bytes = 256;
  const std::string input = SampleLogLines(200, 2);
  NdjsonDecoder decoder(options);
  std::vector<DecodedBatch> batches;
  decoder.Feed(input, 0, batches);
  std::string joined;
  for (const std::string& payload : Flatten(batches).payloads) {
    joined += payload + "\n";
  }
  EXPECT_EQ(joined, input);
}

TEST(NdjsonDecoderTest, SaysTheSameHoweverTheInputIsCut) {
  Random random(11);
  const Strings lines = {"{\"a\":[1,2]}",
                         "\"" + std::string(90, 'y') + "\"",
                         "bad",
                         "",
                         "7",
                         std::string(300, '['),
                         "\"\\u00e9\""};
  for (int i = 0; i < 300; ++i) {
    std::string input;
    for (uint64_t n = random.Below(30); n > 0; --n) {
      input += lines[random.Below(lines.size())];
      if (n > 1 || random.Chance(0.5)) {
        input += random.Chance(0.3) ? "\r\n" : "\n";
      }
    }
    NdjsonOptions options = Options();
    options.buffer_bytes = 1 + random.Below(200);
    options.max_event_bytes = 60 + random.Below(60);
    options.max_batch_events = 1 + random.Below(5);
    ASSERT_EQ(DecodeInPieces(input, options, random),
              DecodeWhole(input, options))
        << input;
  }
}

}  // namespace
}  // namespace phoenix
