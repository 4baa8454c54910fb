#include "libs/component/dead_letter.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const DeadLetterOrigin kOrigin = {
    .pipeline = "telemetry",
    .revision = "7",
    .time = absl::FromUnixMillis(1'700'000'000'250)};

DeadLetterRow FailedRow(uint32_t row) {
  return {.row = row,
          .component = "plausible",
          .position = {.line = 12, .column = 5},
          .status = absl::InvalidArgumentError("no such field 'x'"),
          .attempts = 3};
}

TEST(DeadLetterTest, TellsWhatFailedWhereWhenAndWhy) {
  const EventBatchPtr input = MakeBatch({std::string("{\"a\":1}")});
  const EventBatchPtr letters =
      MakeDeadLetters(*input, {FailedRow(0)}, kOrigin);
  ASSERT_EQ(letters->size(), 1u);
  EXPECT_EQ(
      letters->payload(0),
      R"({"error":{"code":"INVALID_ARGUMENT","message":"no such field 'x'"},)"
      R"("component":"plausible","line":12,"column":5,"attempts":3,)"
      R"("pipeline":"telemetry","revision":"7",)"
      R"("time":"2023-11-14T22:13:20.25Z",)"
      R"("event":{"specversion":"1.0","id":"0","source":"/test",)"
      R"("type":"test","data":{"a":1}}})");
}

TEST(DeadLetterTest, IsAnEventOfItsOwn) {
  const EventBatchPtr input = MakeBatch({std::string("1"), std::string("2")});
  const EventBatchPtr letters =
      MakeDeadLetters(*input, {FailedRow(1)}, kOrigin);
  const auto attribute = [&](Attribute name) {
    return letters->attribute(name).ToString(0);
  };
  EXPECT_EQ(attribute(Attribute::kType), "phoenix.dead_letter");
  EXPECT_EQ(attribute(Attribute::kSource), "/phoenix/telemetry");
  EXPECT_THAT(attribute(Attribute::kId), StartsWith("/test#1#"));
  EXPECT_EQ(attribute(Attribute::kSubject), "plausible");
  EXPECT_EQ(attribute(Attribute::kTime), "2023-11-14T22:13:20.25Z");
  EXPECT_EQ(attribute(Attribute::kDataContentType), "application/json");
  EXPECT_EQ(letters->receive_time_nanos(), 1'700'000'000'250'000'000);
}

TEST(DeadLetterTest, KeepsTheOrderOfRows) {
  const EventBatchPtr input =
      MakeBatch(std::vector<std::string>{"1", "2", "3"});
  const EventBatchPtr letters =
      MakeDeadLetters(*input, {FailedRow(2), FailedRow(0)}, kOrigin);
  ASSERT_EQ(letters->size(), 2u);
  EXPECT_THAT(letters->attribute(Attribute::kId).ToString(0),
              StartsWith("/test#2#"));
  EXPECT_THAT(letters->attribute(Attribute::kId).ToString(1),
              StartsWith("/test#0#"));
}

TEST(DeadLetterTest, LosesNoBytesThatAreNoJson) {
  const EventBatchPtr input = MakeBatch(std::vector<TestEvent>{
      {.payload = "{\"a\":"},
      {.payload = std::string("\0\xFF", 2), .kind = PayloadKind::kBinary},
      {.payload = "hello", .kind = PayloadKind::kPlainText}});
  const EventBatchPtr letters = MakeDeadLetters(
      *input, {FailedRow(0), FailedRow(1), FailedRow(2)}, kOrigin);
  EXPECT_THAT(std::string(letters->payload(0)),
              HasSubstr(R"("data_base64":"eyJhIjo=")"));
  EXPECT_THAT(std::string(letters->payload(1)),
              HasSubstr(R"("data_base64":"AP8=")"));
  EXPECT_THAT(std::string(letters->payload(2)),
              HasSubstr(R"("data_base64":"aGVsbG8=")"));
}

TEST(DeadLetterTest, AddsTheBytesOfJsonWhoseWhiteSpaceItCantKeep) {
  const EventBatchPtr input =
      MakeBatch(std::vector<std::string>{"{\n}", "{} ", "{ }"});
  const EventBatchPtr letters = MakeDeadLetters(
      *input, {FailedRow(0), FailedRow(1), FailedRow(2)}, kOrigin);
  EXPECT_THAT(std::string(letters->payload(0)),
              HasSubstr(R"("data":{ }},"payload_base64":"ewp9"})"));
  EXPECT_THAT(std::string(letters->payload(1)),
              HasSubstr(R"(,"payload_base64":"e30g"})"));
  EXPECT_THAT(std::string(letters->payload(2)), EndsWith(R"("data":{ }}})"));
}

TEST(DeadLetterTest, EscapesWhatMessagesQuote) {
  const EventBatchPtr input = MakeBatch({std::string("1")});
  DeadLetterRow row = FailedRow(0);
  row.status = absl::InternalError("saw \"\n\xFF\"");
  const EventBatchPtr letters = MakeDeadLetters(*input, {row}, kOrigin);
  EXPECT_THAT(std::string(letters->payload(0)),
              HasSubstr("\"saw \\\"\\n\\ufffd\\\"\""));
}

TEST(DeadLetterTest, CarriesTheTraceOn) {
  BatchBuilder builder({.id_prefix = "i", .source = "s", .type = "t"});
  EventFields fields;
  fields.extensions = {{"other", "x"}, {"traceparent", "00-ab-cd-01"}};
  fields.payload = "1";
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  const EventBatchPtr letters =
      MakeDeadLetters(*builder.Build(0), {FailedRow(0)}, kOrigin);
  ASSERT_EQ(letters->extensions().size(), 1u);
  EXPECT_EQ(letters->extensions()[0].name, "traceparent");
  EXPECT_EQ(letters->extensions()[0].values.ToString(0), "00-ab-cd-01");
}

TEST(DeadLetterTest, TakesAnEventOfAnySize) {
  const std::string large = "\"" + std::string(5 << 20, 'x') + "\"";
  BatchBuilder builder({.id_prefix = "i", .source = "s", .type = "t"},
                       {.max_bytes = 16 << 20, .max_event_bytes = 16 << 20});
  EventFields fields;
  fields.payload = large;
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  const EventBatchPtr letters =
      MakeDeadLetters(*builder.Build(0), {FailedRow(0), FailedRow(1)}, kOrigin);
  EXPECT_EQ(letters->size(), 2u);
}

TEST(DeadLetterTest, MakesNoBatchOfNoRows) {
  EXPECT_EQ(MakeDeadLetters(*MakeBatch({std::string("1")}), {}, kOrigin),
            nullptr);
}

}  // namespace
}  // namespace phoenix
