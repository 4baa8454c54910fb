#include "libs/sinks/kafka/record_encoder.h"

#include <map>
#include <string>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

using Format = RecordEncoder::Format;

constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

EventBatchPtr OneEvent() {
  BatchBuilder builder({});
  EventFields event;
  event[Attribute::kId] = "7";
  event[Attribute::kSource] = "/s";
  event[Attribute::kType] = "t";
  event[Attribute::kSubject] = "grüße";
  event[Attribute::kTime] = "2026-01-31T12:00:00Z";
  event[Attribute::kDataSchema] = "https://schema";
  event[Attribute::kDataContentType] = "application/json";
  event.extensions = {{"partitionkey", "p"}, {"traceparent", kTrace}};
  event.payload = R"({"city":"Bonn"})";
  EXPECT_TRUE(builder.AddEvent(event).ok());
  return builder.Build(0);
}

std::map<std::string, std::string> HeadersOf(const KafkaRecord& record) {
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : record.headers) {
    EXPECT_EQ(name.data()[name.size()], '\0');
    headers.emplace(name, value);
  }
  EXPECT_EQ(headers.size(), record.headers.size());
  return headers;
}

TEST(RecordEncoderTest, WritesBinaryModeAsTheBindingHasIt) {
  const EventBatchPtr batch = OneEvent();
  RecordEncoder encoder({.format = Format::kBinary});
  const KafkaRecord& record = encoder.Encode(*batch, 0);
  EXPECT_EQ(record.value, R"({"city":"Bonn"})");
  EXPECT_FALSE(record.key.has_value());
  EXPECT_THAT(
      HeadersOf(record),
      UnorderedElementsAre(
          Pair("ce_specversion", "1.0"), Pair("ce_id", "7"),
          Pair("ce_source", "/s"), Pair("ce_type", "t"),
          Pair("ce_subject", "grüße"), Pair("ce_time", "2026-01-31T12:00:00Z"),
          Pair("ce_dataschema", "https://schema"),
          Pair("content-type", "application/json"),
          Pair("ce_partitionkey", "p"), Pair("ce_traceparent", kTrace),
          Pair("traceparent", kTrace)));
}

TEST(RecordEncoderTest, RefersToPayloadsWhereTheyLie) {
  const EventBatchPtr batch = OneEvent();
  for (const Format format : {Format::kBinary, Format::kPayload}) {
    RecordEncoder encoder({.format = format});
    const KafkaRecord& record = encoder.Encode(*batch, 0);
    EXPECT_TRUE(record.value_in_batch);
    EXPECT_EQ(record.value->data(), batch->payload(0).data());
  }
}

TEST(RecordEncoderTest, WritesStructuredModeAsTheBindingHasIt) {
  const EventBatchPtr batch = OneEvent();
  RecordEncoder encoder({.format = Format::kStructured});
  const KafkaRecord& record = encoder.Encode(*batch, 0);
  EXPECT_FALSE(record.value_in_batch);
  EXPECT_THAT(std::string(*record.value), HasSubstr(R"("id":"7")"));
  EXPECT_THAT(std::string(*record.value), HasSubstr(R"({"city":"Bonn"})"));
  EXPECT_THAT(
      HeadersOf(record),
      UnorderedElementsAre(
          Pair("content-type", "application/cloudevents+json; charset=UTF-8"),
          Pair("traceparent", kTrace)));
}

TEST(RecordEncoderTest, WritesPayloadsWithNothingButTheTrace) {
  const EventBatchPtr batch = OneEvent();
  RecordEncoder encoder({.format = Format::kPayload});
  EXPECT_THAT(HeadersOf(encoder.Encode(*batch, 0)),
              ElementsAre(Pair("traceparent", kTrace)));
  RecordEncoder other({.format = Format::kPayload});
  const EventBatchPtr plain = MakeBatch({std::string("{}")});
  EXPECT_THAT(other.Encode(*plain, 0).headers, IsEmpty());
}

TEST(RecordEncoderTest, TakesTheKeyFromAnAttributeAnExtensionOrThePayload) {
  const EventBatchPtr batch = OneEvent();
  for (const auto& [field, key] :
       std::map<std::string, std::string>{{"subject", "grüße"},
                                          {"ext.partitionkey", "p"},
                                          {"data.city", "Bonn"}}) {
    RecordEncoder encoder(
        {.format = Format::kPayload, .key = ParseEventField(field)});
    EXPECT_EQ(encoder.Encode(*batch, 0).key, key) << field;
  }
}

// Two events whose extension `name` is the same text, first of bytes.
EventBatchPtr BytesAndText(const std::string& name) {
  BatchBuilder builder({.source = "/s", .type = "t"});
  for (const auto& [id, key, type] :
       {std::tuple{"1", "//4=", AttributeType::kBinary},
        std::tuple{"2", "//4=", AttributeType::kString}}) {
    EventFields event;
    event[Attribute::kId] = id;
    event[Attribute::kSource] = "/s";
    event[Attribute::kType] = "t";
    event.extensions = {{name, key, type}};
    EXPECT_TRUE(builder.AddEvent(event).ok());
  }
  return builder.Build(0);
}

TEST(RecordEncoderTest, GivesTheBytesOfAKeyThatIsNoText) {
  const EventBatchPtr batch = BytesAndText("partitionkey");
  RecordEncoder encoder(
      {.format = Format::kPayload, .key = ParseEventField("ext.partitionkey")});
  EXPECT_EQ(encoder.Encode(*batch, 0).key, "\xff\xfe");
  EXPECT_EQ(encoder.Encode(*batch, 1).key, "//4=");
}

// A reader takes what a header or the JSON says for the key's text.
TEST(RecordEncoderTest, WritesAKeyOfBytesNowhereElse) {
  const EventBatchPtr batch = BytesAndText("partitionkey");
  const auto key = ParseEventField("ext.partitionkey");
  RecordEncoder binary({.format = Format::kBinary, .key = key});
  EXPECT_THAT(HeadersOf(binary.Encode(*batch, 0)),
              Not(Contains(Key("ce_partitionkey"))));
  EXPECT_THAT(HeadersOf(binary.Encode(*batch, 1)),
              Contains(Pair("ce_partitionkey", "//4=")));
  RecordEncoder structured({.format = Format::kStructured, .key = key});
  EXPECT_THAT(std::string(*structured.Encode(*batch, 0).value),
              Not(HasSubstr("partitionkey")));
  EXPECT_THAT(std::string(*structured.Encode(*batch, 1).value),
              HasSubstr(R"("partitionkey":"//4=")"));
}

TEST(RecordEncoderTest, KeepsAnotherExtensionThatIsTheKeyInItsHeader) {
  const EventBatchPtr batch = BytesAndText("device");
  RecordEncoder encoder(
      {.format = Format::kBinary, .key = ParseEventField("ext.device")});
  const KafkaRecord& record = encoder.Encode(*batch, 0);
  EXPECT_EQ(record.key, "\xff\xfe");
  EXPECT_THAT(HeadersOf(record), Contains(Pair("ce_device", "//4=")));
}

TEST(RecordEncoderTest, GivesNoKeyWhereTheFieldIsMissing) {
  const EventBatchPtr batch = MakeBatch({std::string("{}"), "{\"k\":null}"});
  RecordEncoder encoder(
      {.format = Format::kPayload, .key = ParseEventField("data.k")});
  EXPECT_FALSE(encoder.Encode(*batch, 0).key.has_value());
  EXPECT_FALSE(encoder.Encode(*batch, 1).key.has_value());
}

TEST(RecordEncoderTest, GivesNoValueToAnEventWithoutPayload) {
  const EventBatchPtr batch =
      MakeBatch({TestEvent{.payload = "", .kind = PayloadKind::kNone},
                 TestEvent{.payload = "x", .kind = PayloadKind::kBinary}});
  RecordEncoder encoder({.format = Format::kBinary});
  EXPECT_FALSE(encoder.Encode(*batch, 0).value.has_value());
  EXPECT_EQ(encoder.Encode(*batch, 1).value, "x");
}

}  // namespace
}  // namespace phoenix
