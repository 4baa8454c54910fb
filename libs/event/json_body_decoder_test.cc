#include "libs/event/json_body_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "libs/event/batch_testing.h"
#include "libs/event/event_reason.h"

namespace phoenix {
namespace {

using Strings = std::vector<std::string>;

JsonBodyOptions Options() {
  return {.defaults = {"body-", "/door", "thing", "application/json"}};
}

absl::StatusOr<DecodedBatch> Decode(std::string body,
                                    JsonBodyOptions options = Options()) {
  return JsonBodyDecoder(std::move(options))
      .Decode(SharedBytes::FromString(std::move(body)), 5);
}

Strings Payloads(std::string body) {
  auto decoded = Decode(std::move(body));
  EXPECT_TRUE(decoded.ok()) << decoded.status();
  std::vector<DecodedBatch> batches;
  batches.push_back(*std::move(decoded));
  return Flatten(batches).payloads;
}

TEST(JsonBodyDecoderTest, MakesAnEventOfEachElement) {
  EXPECT_EQ(Payloads(R"([{"a":[1]}, "x" , -1.5,[],null])"),
            (Strings{R"({"a":[1]})", "\"x\"", "-1.5", "[]", "null"}));
  EXPECT_EQ(Payloads("[1\n]"), (Strings{"1"}));
  EXPECT_EQ(Payloads("[[1],[[2]],[]]"), (Strings{"[1]", "[[2]]", "[]"}));
}

TEST(JsonBodyDecoderTest, MakesOneEventOfAnythingElse) {
  EXPECT_EQ(Payloads(" {\"a\" : 1}\n"), (Strings{"{\"a\" : 1}"}));
  EXPECT_EQ(Payloads(" 12 "), (Strings{"12"}));
}

TEST(JsonBodyDecoderTest, MakesNoBatchOfAnEmptyArray) {
  const auto decoded = Decode("[ ]");
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->batch, nullptr);
  EXPECT_TRUE(decoded->errors.empty());
}

TEST(JsonBodyDecoderTest, RefersToTheBodyAndIndexesIt) {
  const auto body = SharedBytes::FromString(R"([ {"a":1} ,[2]])");
  const auto decoded = JsonBodyDecoder(Options()).Decode(body, 5);
  ASSERT_TRUE(decoded.ok());
  const EventBatch& batch = *decoded->batch;
  EXPECT_EQ(batch.payload(0).data(), body.data() + 2);
  EXPECT_EQ(batch.receive_time_nanos(), 5);
  const JsonIndex& index = *batch.payloads().json_index;
  EXPECT_EQ(index.first, (std::vector<uint32_t>{0, 5, 8}));
  EXPECT_EQ(index.tokens[0], 2u);
  EXPECT_EQ(index.tokens[5], (*batch.payloads().ranges)[1].begin);
}

TEST(JsonBodyDecoderTest, RefusesABodyThatIsNoJson) {
  for (const char* body : {"", " ", "[1,]", "{\"a\":1", "1 2", "[1] x"}) {
    const auto decoded = Decode(body);
    EXPECT_TRUE(absl::IsInvalidArgument(decoded.status())) << body;
    EXPECT_EQ(decoded.status().message().find("not valid JSON at byte"), 0u)
        << decoded.status();
  }
}

TEST(JsonBodyDecoderTest, LeavesOutAnElementOverTheLimit) {
  JsonBodyOptions options = Options();
  options.max_event_bytes = 3;
  const auto decoded = Decode("[123,1234,5]", options);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->batch->size(), 2u);
  EXPECT_EQ(decoded->batch->payload(1), "5");
  ASSERT_EQ(decoded->errors.size(), 1u);
  EXPECT_EQ(decoded->errors[0].position, 1u);
  EXPECT_EQ(decoded->errors[0].bytes.view(), "1234");
  EXPECT_EQ(decoded->errors[0].status,
            EventTooLarge(absl::InvalidArgumentError(
                "event has '4' bytes, expected at most '3' "
                "(max_event_bytes)")));
}

TEST(JsonBodyDecoderTest, RefusesMoreEventsThanABatchHolds) {
  std::string body = "[0";
  for (uint32_t i = 1; i < EventBatch::kMaxEvents; ++i) body += ",0";
  EXPECT_EQ(Decode(body + "]")->batch->size(), EventBatch::kMaxEvents);
  EXPECT_EQ(Decode(body + ",0]").status(),
            absl::InvalidArgumentError("body has more than '65536' events"));
}

TEST(JsonBodyDecoderTest, GoesOnCountingIds) {
  JsonBodyDecoder decoder(Options());
  ASSERT_TRUE(decoder.Decode(SharedBytes::FromString("[1,2]"), 0).ok());
  const auto second = decoder.Decode(SharedBytes::FromString("3"), 0);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->batch->attribute(Attribute::kId).ToString(0), "body-2");
}

}  // namespace
}  // namespace phoenix
