#include "libs/sources/kafka/record_decoder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kTrace[] =
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

using Headers = std::vector<ReceivedRecord::Header>;

class RecordDecoderTest : public testing::Test {
 protected:
  void Add(std::string_view value, const Headers& headers = {},
           std::optional<std::string_view> key = std::nullopt) {
    decoder_.Add(
        {.offset = offset_++, .key = key, .value = value, .headers = headers},
        0);
  }

  // The one batch of what was added, all of it being events.
  EventBatchPtr TakeBatch() {
    DecodedRecords decoded = decoder_.Take(0);
    for (const UnreadableInput& one : decoded.unreadable) {
      ADD_FAILURE() << one.reasons[0].status;
    }
    EXPECT_THAT(decoded.batches, SizeIs(1));
    return decoded.batches.empty() ? nullptr : decoded.batches[0];
  }

  // Why the one record that was added is no event.
  std::string TakeError() {
    DecodedRecords decoded = decoder_.Take(0);
    EXPECT_THAT(decoded.batches, IsEmpty());
    EXPECT_THAT(decoded.unreadable, SizeIs(1));
    return std::string(decoded.unreadable.at(0).reasons.at(0).status.message());
  }

  static std::string Text(const EventBatch& batch, const char* name,
                          uint32_t row = 0) {
    const auto attribute = FindAttribute(name);
    if (attribute.has_value()) return batch.attribute(*attribute).ToString(row);
    const ExtensionColumn* column = batch.FindExtension(name);
    return column == nullptr ? "(none)" : column->values.ToString(row);
  }

  static Headers Binary(Headers more = {}) {
    Headers headers = {{"ce_specversion", "1.0"},
                       {"ce_id", "7"},
                       {"ce_source", "/device"},
                       {"ce_type", "reading"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }

  int64_t offset_ = 40;
  RecordDecoder decoder_{
      {.topic = "t",
       .partition = 3,
       .defaults = {"", "/plain", "plain", "application/json"},
       .max_event_bytes = 1000}};
};

TEST_F(RecordDecoderTest, MakesAnEventOfAPlainRecord) {
  Add("{\"n\":1}", {}, "key");
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "id"), "t/3/40");
  EXPECT_EQ(Text(*batch, "source"), "/plain");
  EXPECT_EQ(Text(*batch, "type"), "plain");
  EXPECT_EQ(Text(*batch, "datacontenttype"), "application/json");
  EXPECT_EQ(Text(*batch, "partitionkey"), "key");
  EXPECT_EQ(batch->payload(0), "{\"n\":1}");
  EXPECT_NE(batch->payloads().json_index, nullptr);
}

TEST_F(RecordDecoderTest, TakesTheTraceFromTheHeaders) {
  Add("1", {{"traceparent", kTrace}, {"tracestate", "a=1"}, {"other", "x"}});
  Add("2", {{"traceparent", "nonsense"}});
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "traceparent", 0), kTrace);
  EXPECT_EQ(Text(*batch, "tracestate", 0), "a=1");
  EXPECT_EQ(Text(*batch, "traceparent", 1), "");
  EXPECT_EQ(batch->FindExtension("other"), nullptr);
}

TEST_F(RecordDecoderTest, ReadsBinaryMode) {
  Add("{\"n\":1}",
      Binary({{"ce_subject", "grüße"},
              {"ce_time", "2026-01-31T12:00:00Z"},
              {"ce_tenant", "acme"},
              {"content-type", "application/json"},
              {"traceparent", kTrace}}),
      "key");
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "id"), "7");
  EXPECT_EQ(Text(*batch, "source"), "/device");
  EXPECT_EQ(Text(*batch, "subject"), "grüße");
  EXPECT_EQ(Text(*batch, "time"), "2026-01-31T12:00:00Z");
  EXPECT_EQ(Text(*batch, "tenant"), "acme");
  EXPECT_EQ(Text(*batch, "partitionkey"), "key");
  EXPECT_EQ(Text(*batch, "traceparent"), kTrace);
}

TEST_F(RecordDecoderTest, PrefersWhatTheEventSaysItself) {
  Add("1", Binary({{"ce_partitionkey", "mine"}}), "key");
  EXPECT_EQ(Text(*TakeBatch(), "partitionkey"), "mine");
}

TEST_F(RecordDecoderTest, ReadsStructuredMode) {
  Add(R"({"specversion":"1.0","id":"9","source":"/s","type":"t","data":[1]})",
      {{"content-type", "application/cloudevents+json; charset=UTF-8"}});
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "id"), "9");
  EXPECT_EQ(batch->payload(0), "[1]");
}

TEST_F(RecordDecoderTest, CompletesStructuredEventsByKeyAndTrace) {
  const Headers headers = {{"content-type", "application/cloudevents+json"},
                           {"traceparent", kTrace},
                           {"tracestate", "a=1"}};
  Add(R"({"specversion":"1.0","id":"1","source":"/s","type":"t"})", headers,
      "key");
  Add(R"({"specversion":"1.0","id":"2","source":"/s","type":"t",)"
      R"("partitionkey":"mine","tracestate":"b=2"})",
      headers, "key");
  Add(R"({"specversion":"1.0","id":"3","source":"/s","type":"t"})",
      {headers[0]});
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "partitionkey", 0), "key");
  EXPECT_EQ(Text(*batch, "traceparent", 0), kTrace);
  EXPECT_EQ(Text(*batch, "tracestate", 0), "a=1");
  EXPECT_EQ(Text(*batch, "partitionkey", 1), "mine");
  EXPECT_EQ(Text(*batch, "tracestate", 1), "b=2");
  EXPECT_EQ(Text(*batch, "partitionkey", 2), "");
}

TEST_F(RecordDecoderTest, KeepsOtherContentTypesAsTheyAre) {
  Add("hello", {{"content-type", "text/plain"}});
  Add("\xff\x01", {{"content-type", "application/octet-stream"}});
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "datacontenttype", 0), "text/plain");
  EXPECT_EQ(batch->payloads().kinds.at(0), PayloadKind::kText);
  EXPECT_EQ(batch->payloads().kinds.at(1), PayloadKind::kBinary);
  EXPECT_EQ(Text(*batch, "id", 1), "t/3/41");
}

TEST_F(RecordDecoderTest, TellsTextWithoutContentTypeFromJsonAndBytes) {
  Add("{}", Binary({}));
  Add("hello", Binary({}));
  Add("\xff", Binary({}));
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(batch->payloads().kinds.at(0), PayloadKind::kText);
  EXPECT_EQ(batch->payloads().kinds.at(1), PayloadKind::kPlainText);
  EXPECT_EQ(batch->payloads().kinds.at(2), PayloadKind::kBinary);
}

TEST_F(RecordDecoderTest, TakesATombstoneForAnEventWithoutPayload) {
  decoder_.Add({.offset = 1, .key = "gone"}, 0);
  const EventBatchPtr batch = TakeBatch();
  EXPECT_EQ(batch->payloads().kinds.at(0), PayloadKind::kNone);
  EXPECT_EQ(Text(*batch, "partitionkey"), "gone");
  EXPECT_EQ(Text(*batch, "id"), "t/3/1");
}

TEST_F(RecordDecoderTest, KeepsAKeyThatIsNoTextAsBytes) {
  Add("1", {}, "text");
  Add("2", {}, "\xff\xfe");
  Add("3");
  Add("4", {}, "more");
  EventBatchPtr batch = TakeBatch();
  const char* const keys[] = {"text", "//4=", "", "more"};
  for (uint32_t row = 0; row < 4; ++row) {
    EXPECT_EQ(Text(*batch, "partitionkey", row), keys[row]);
    EXPECT_EQ(batch->FindExtension("partitionkey")->types.at(row),
              row == 1 ? AttributeType::kBinary : AttributeType::kString);
  }
  Add("5", Binary(), "\xff\xfe");
  batch = TakeBatch();
  EXPECT_EQ(Text(*batch, "partitionkey"), "//4=");
  EXPECT_EQ(batch->FindExtension("partitionkey")->types.at(0),
            AttributeType::kBinary);
}

TEST_F(RecordDecoderTest, KeepsTypesOfKeysWhereNeighboursAreNoEvents) {
  Add("nonsense", {}, "text");
  Add("2", {}, "\xff");
  Add("nonsense", {}, "\xfe");
  Add("4", {}, "text");
  const DecodedRecords decoded = decoder_.Take(0);
  ASSERT_THAT(decoded.batches, SizeIs(1));
  const ExtensionColumn* keys =
      decoded.batches[0]->FindExtension("partitionkey");
  EXPECT_EQ(keys->types.at(0), AttributeType::kBinary);
  EXPECT_EQ(keys->types.at(1), AttributeType::kString);
  EXPECT_EQ(keys->values.ToString(0), "/w==");
  EXPECT_EQ(keys->values.ToString(1), "text");
}

TEST_F(RecordDecoderTest, TellsTheOffsetsOfAllRows) {
  Add("1");                               // 40
  Add("nonsense");                        // 41
  Add("3");                               // 42
  Add("4", {{"ce_specversion", "0.3"}});  // 43
  Add("5", Binary());                     // 44
  Add(R"({"specversion":"1.0","id":"9","source":"/s","type":"t"})",
      {{"content-type", "application/cloudevents+json"}});  // 45
  const DecodedRecords decoded = decoder_.Take(0);
  EXPECT_THAT(decoded.batch_offsets,
              ElementsAre(ElementsAre(40, 42), ElementsAre(44, 45)));
  ASSERT_THAT(decoded.unreadable_offsets, SizeIs(1));
  EXPECT_THAT(decoded.unreadable_offsets[0], UnorderedElementsAre(41, 43));
  EXPECT_THAT(decoder_.Take(0).unreadable_offsets, IsEmpty());
}

TEST_F(RecordDecoderTest, MakesBatchesNoLargerThanTheLimit) {
  decoder_.LimitBatches(2);
  for (int i = 0; i < 3; ++i) Add("1");
  for (int i = 0; i < 3; ++i) Add("1", Binary());
  EXPECT_THAT(decoder_.Take(0).batch_offsets,
              ElementsAre(ElementsAre(40, 41), ElementsAre(42),
                          ElementsAre(43, 44), ElementsAre(45)));
}

TEST_F(RecordDecoderTest, KeepsTheOrderOverDifferentKinds) {
  Add("1");
  Add("2");
  Add("3", Binary());
  Add("4");
  const DecodedRecords decoded = decoder_.Take(0);
  std::vector<std::string> payloads;
  for (const EventBatchPtr& batch : decoded.batches) {
    for (uint32_t row = 0; row < batch->size(); ++row) {
      payloads.emplace_back(batch->payload(row));
    }
  }
  EXPECT_THAT(payloads, ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(decoded.batches, SizeIs(3));
}

TEST_F(RecordDecoderTest, TellsOfARecordThatIsNoJsonAndWhereItStands) {
  Add("1");
  Add("nonsense");
  Add("3");
  const DecodedRecords decoded = decoder_.Take(0);
  ASSERT_THAT(decoded.batches, SizeIs(1));
  EXPECT_EQ(decoded.batches[0]->size(), 2u);
  ASSERT_THAT(decoded.unreadable, SizeIs(1));
  const UnreadableInput& input = decoded.unreadable[0];
  EXPECT_EQ(input.rows->payload(0), "nonsense");
  EXPECT_EQ(Text(*input.rows, "subject"), "t/3/41");
  EXPECT_EQ(Text(*input.rows, "id"), "t/3/41");
  EXPECT_THAT(std::string(input.reasons[0].status.message()),
              HasSubstr("t/3/41: not valid JSON at byte"));
  EXPECT_STREQ(input.reasons[0].type, "EVENT_INVALID");
}

TEST_F(RecordDecoderTest, RefusesWhatIsTooLarge) {
  Add("\"" + std::string(1000, 'x') + "\"");
  const DecodedRecords decoded = decoder_.Take(0);
  ASSERT_THAT(decoded.unreadable, SizeIs(1));
  EXPECT_STREQ(decoded.unreadable[0].reasons[0].type, "EVENT_TOO_LARGE");
  EXPECT_THAT(std::string(decoded.unreadable[0].reasons[0].status.message()),
              HasSubstr("'1002' bytes, expected at most '1000'"));
}

TEST_F(RecordDecoderTest, SaysWhatIsWrongWithAHeader) {
  const std::pair<ReceivedRecord::Header, const char*> cases[] = {
      {{"ce_specversion", "1.0"}, "'ce_specversion': comes twice"},
      {{"ce_id", "8"}, "'ce_id': comes twice"},
      {{"ce_time", "noon"}, "'ce_time': value is 'noon', expected RFC 3339"},
      {{"ce_subject", "\xff"}, "'ce_subject': value is not UTF-8"},
      {{"ce_bad-name", "x"}, "'ce_bad-name': "},
      {{"ce_datacontenttype", "x"}, "expected 'content-type'"},
      {{"content-type", "\xff"}, "'content-type': value is not UTF-8"},
  };
  for (const auto& [header, error] : cases) {
    Add("1", Binary({header}));
    EXPECT_THAT(TakeError(), HasSubstr(error));
  }
  Add("1", {{"ce_specversion", "0.3"}});
  EXPECT_THAT(TakeError(), HasSubstr("value is '0.3', expected '1.0'"));
  Add("1", {{"ce_specversion", "1.0"}, {"ce_source", "/s"}});
  EXPECT_THAT(TakeError(), HasSubstr("'id' is missing"));
  Add("{", Binary({{"content-type", "application/json"}}));
  EXPECT_THAT(TakeError(), HasSubstr("not valid JSON"));
  Add("{", {{"content-type", "application/cloudevents+json"}});
  EXPECT_THAT(TakeError(), HasSubstr("t/3/"));
}

}  // namespace
}  // namespace phoenix
