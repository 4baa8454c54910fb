#include "libs/component/dead_letter_reader.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/dead_letter.h"
#include "libs/component/dead_letter_id.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

EventBatchPtr LettersOf(const EventBatchPtr& input) {
  std::vector<DeadLetterRow> rows;
  for (uint32_t row = 0; row < input->size(); ++row) {
    rows.push_back({.row = row,
                    .component = "plausible",
                    .position = {.line = 12, .column = 5},
                    .status = absl::InvalidArgumentError("no \"x\""),
                    .attempts = 3});
  }
  return MakeDeadLetters(*input, rows,
                         {.pipeline = "telemetry",
                          .revision = "7",
                          .time = absl::FromUnixMillis(1'700'000'000'250)});
}

DeadLetter LetterOf(const TestEvent& event) {
  DeadLetterReader reader;
  const auto letter =
      reader.Read(*LettersOf(MakeBatch(std::vector<TestEvent>{event})), 0);
  EXPECT_TRUE(letter.ok()) << letter.status();
  return letter.value_or(DeadLetter{});
}

// That its bytes and its kind survive the way to a letter and back.
void ExpectKept(const TestEvent& event) {
  const DeadLetter letter = LetterOf(event);
  EXPECT_EQ(letter.payload, event.payload);
  EXPECT_EQ(letter.payload_kind, event.kind);
  const auto again = MakeFailedEvents({&letter, 1}, 0);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->payload(0), event.payload);
  EXPECT_EQ((*again)->payloads().kinds.at(0), event.kind);
  EXPECT_EQ(DeadLetterId(**again, 0), letter.id) << "it may fail again";
}

TEST(DeadLetterReaderTest, ReadsWhatHappened) {
  const DeadLetter letter = LetterOf({.payload = "{\"a\":1}"});
  EXPECT_THAT(letter.id, StartsWith("/test#0#"));
  EXPECT_EQ(letter.pipeline, "telemetry");
  EXPECT_EQ(letter.revision, "7");
  EXPECT_EQ(letter.component, "plausible");
  EXPECT_EQ(letter.position.line, 12);
  EXPECT_EQ(letter.position.column, 5);
  EXPECT_EQ(letter.error_code, "INVALID_ARGUMENT");
  EXPECT_EQ(letter.error_message, "no \"x\"");
  EXPECT_EQ(letter.attempts, 3);
  EXPECT_EQ(letter.time, absl::FromUnixMillis(1'700'000'000'250));
  EXPECT_EQ(letter.attributes,
            R"({"specversion":"1.0","id":"0","source":"/test","type":"test"})");
}

TEST(DeadLetterReaderTest, KeepsTheBytesOfJson) {
  for (const char* json :
       {"{\"a\":1}", "{\n  \"a\": [1,\r\n2]\n}\n", " 1", "\"a\\u00e9\"",
        "{\"payload_base64\":\"eA==\",\"event\":{}}"}) {
    ExpectKept({.payload = json});
  }
}

TEST(DeadLetterReaderTest, KeepsTheBytesOfWhatIsNoJson) {
  ExpectKept({.payload = "{\"a\":", .kind = PayloadKind::kPlainText});
  ExpectKept({.payload = "text\n", .data_content_type = "text/plain"});
  ExpectKept({.payload = std::string("\0\xFF\xC3", 3),
              .kind = PayloadKind::kBinary,
              .data_content_type = "application/octet-stream"});
  ExpectKept({.payload = "", .kind = PayloadKind::kNone});
}

TEST(DeadLetterReaderTest, MakesTheEventsAgainWithTheirAttributes) {
  BatchBuilder builder({});
  EventFields fields;
  fields[Attribute::kId] = "i\"1";
  fields[Attribute::kSource] = "/s";
  fields[Attribute::kType] = "t";
  fields[Attribute::kTime] = "2024-01-01T00:00:00Z";
  fields.extensions = {{"flag", "true", AttributeType::kBoolean},
                       {"n", "-7", AttributeType::kInteger},
                       {"traceparent", "00-ab-cd-01"}};
  fields.payload = "1";
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  DeadLetterReader reader;
  const auto letter = reader.Read(*LettersOf(builder.Build(0)), 0);
  ASSERT_TRUE(letter.ok()) << letter.status();
  const auto again = MakeFailedEvents({&*letter, 1}, 77);
  ASSERT_TRUE(again.ok()) << again.status();
  const EventBatch& event = **again;
  EXPECT_EQ(event.attribute(Attribute::kId).ToString(0), "i\"1");
  EXPECT_EQ(event.attribute(Attribute::kTime).ToString(0),
            "2024-01-01T00:00:00Z");
  EXPECT_EQ(event.FindExtension("flag")->types.at(0), AttributeType::kBoolean);
  EXPECT_EQ(event.FindExtension("n")->values.ToString(0), "-7");
  EXPECT_EQ(event.FindExtension("n")->types.at(0), AttributeType::kInteger);
  EXPECT_EQ(event.FindExtension("traceparent")->values.ToString(0),
            "00-ab-cd-01");
  EXPECT_EQ(event.receive_time_nanos(), 77);
}

TEST(DeadLetterReaderTest, RefusesWhatIsNoDeadLetter) {
  DeadLetterReader reader;
  const auto other = reader.Read(*MakeBatch({std::string("1")}), 0);
  EXPECT_EQ(other.status().message(),
            "event of type 'test' is no dead letter: expected type "
            "'phoenix.dead_letter'");
}

TEST(DeadLetterReaderTest, GivesALetterThatItCantReadWhole) {
  const std::string deep = std::string(127, '[') + std::string(127, ']');
  const EventBatchPtr letters = LettersOf(MakeBatch({deep, std::string("1")}));
  DeadLetterReader reader;
  const auto whole = reader.Read(*letters, 0);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_THAT(whole->id, StartsWith("/test#0#"));
  EXPECT_EQ(whole->pipeline, "telemetry");
  EXPECT_EQ(whole->component, "plausible");
  EXPECT_THAT(whole->error_message,
              HasSubstr("dead letter can't be read: not valid JSON at byte"));
  EXPECT_EQ(whole->payload, letters->payload(0));
  EXPECT_EQ(reader.Read(*letters, 1)->payload, "1") << "it goes on";
}

TEST(DeadLetterReaderTest, GivesWhatOnlyLooksLikeALetterWhole) {
  DeadLetterReader reader;
  for (const char* payload : {"{", "1", "{}", "{\"event\":1}"}) {
    const auto forged = MakeBatch(std::vector<TestEvent>{
        {.payload = payload, .type = "phoenix.dead_letter"}});
    const auto whole = reader.Read(*forged, 0);
    ASSERT_TRUE(whole.ok()) << payload;
    EXPECT_EQ(whole->payload, payload);
    EXPECT_TRUE(MakeFailedEvents({&*whole, 1}, 0).ok());
  }
}

TEST(DeadLetterReaderTest, NamesTheLetterWhoseAttributesAreNone) {
  DeadLetter letter = LetterOf({.payload = "1"});
  for (const char* wrong : {"", "[]", "{\"id\":\"1\"}"}) {
    letter.attributes = wrong;
    const auto events = MakeFailedEvents({&letter, 1}, 0);
    EXPECT_THAT(std::string(events.status().message()),
                HasSubstr("event of dead letter '/test#0#"));
  }
}

TEST(DeadLetterReaderTest, MakesNoBatchOfNoLetters) {
  EXPECT_EQ(*MakeFailedEvents({}, 0), nullptr);
}

}  // namespace
}  // namespace phoenix
