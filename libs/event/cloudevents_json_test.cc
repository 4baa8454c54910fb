#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "libs/event/cloudevents_json_decoder.h"
#include "libs/event/cloudevents_json_encoder.h"

namespace phoenix {
namespace {

// An event with the required attributes, and `more` members.
std::string Json(std::string_view more) {
  return R"({"specversion":"1.0","id":"1","source":"/s","type":"t")" +
         std::string(more) + "}";
}

absl::StatusOr<EventBatchPtr> Decode(std::string body) {
  BatchBuilder builder({});
  CloudEventsJsonDecoder decoder;
  const absl::Status status =
      decoder.DecodeEvent(SharedBytes::FromString(std::move(body)), builder);
  if (!status.ok()) return status;
  return builder.Build(0);
}

std::string DescriptionOf(std::string_view more) {
  const auto batch = Decode(Json(more));
  EXPECT_TRUE(batch.ok()) << batch.status();
  if (!batch.ok()) return "";
  const std::string text = DescribeEvent(**batch, 0);
  const std::string required = "id='1' source='/s' type='t' ";
  EXPECT_EQ(text.rfind(required, 0), 0u) << text;
  return text.substr(required.size());
}

// The last part of the error, which comes after its places.
std::string ErrorOf(std::string body) {
  const auto batch = Decode(std::move(body));
  EXPECT_TRUE(absl::IsInvalidArgument(batch.status())) << batch.status();
  const std::string text(batch.status().message());
  const size_t colon = text.rfind(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

std::string Encode(const EventBatch& batch, uint32_t row) {
  std::string out;
  CloudEventsJsonEncoder().Append(batch, row, out);
  return out;
}

TEST(CloudEventsJsonTest, TellsAWrongEventFromAWrongBody) {
  CloudEventsJsonDecoder decoder;
  BatchBuilder builder({});
  std::vector<DecodeError> errors;
  const auto decode = [&](std::string body) {
    errors.clear();
    return decoder.DecodeEvent(SharedBytes::FromString(std::move(body)),
                               builder, errors);
  };
  for (const char* body : {"{", "[]", "1", "\xff"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(decode(body))) << body;
    EXPECT_TRUE(errors.empty());
  }
  ASSERT_TRUE(decode(R"({"specversion":"1.0"})").ok());
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].position, 0u);
  EXPECT_EQ(errors[0].bytes.view(), R"({"specversion":"1.0"})");
  EXPECT_TRUE(builder.empty());
  ASSERT_TRUE(decode(Json("")).ok());
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(builder.size(), 1u);
}

TEST(CloudEventsJsonTest, ReadsAnEventWithoutPayload) {
  EXPECT_EQ(DescriptionOf(""), "kind 1: ");
  EXPECT_EQ(DescriptionOf(R"(,"data":null,"subject":null,"ext":null)"),
            "kind 1: ");
}

TEST(CloudEventsJsonTest, ReadsAttributesOfEveryType) {
  EXPECT_EQ(
      DescriptionOf(R"(,"subject":"a\u00e9\"","time":"2024-01-01T00:00:00Z",)"
                    R"("dataschema":"urn:x","ext":"e","flag":true,"n":-7)"),
      "subject='aé\"' time='2024-01-01T00:00:00Z' dataschema='urn:x' "
      "3:ext='e' 1:flag='true' 2:n='-7' kind 1: ");
}

TEST(CloudEventsJsonTest, TakesTheBytesOfJsonDataAsTheyCame) {
  const auto body =
      SharedBytes::FromString(Json(R"(,"data": { "a" : [1, 2.50] } )"));
  BatchBuilder builder({});
  CloudEventsJsonDecoder decoder;
  ASSERT_TRUE(decoder.DecodeEvent(body, builder).ok());
  const EventBatchPtr batch = builder.Build(0);
  EXPECT_EQ(batch->payload(0), R"({ "a" : [1, 2.50] })");
  EXPECT_EQ(batch->payload(0).data(),
            body.data() + body.view().find("{ \"a\""));
}

TEST(CloudEventsJsonTest, TakesScalarsAsJsonUnlessTheTypeSaysText) {
  EXPECT_EQ(DescriptionOf(R"(,"data":"x\n")"), R"(kind 3: "x\n")");
  EXPECT_EQ(DescriptionOf(R"(,"data":12 )"), "kind 3: 12");
  EXPECT_EQ(DescriptionOf(R"(,"data":"x\n","datacontenttype":"text/plain")"),
            "datacontenttype='text/plain' kind 3: x\n");
}

TEST(CloudEventsJsonTest, DecodesBase64) {
  EXPECT_EQ(DescriptionOf(R"(,"data_base64":"aGk=")"), "kind 2: hi");
  EXPECT_EQ(DescriptionOf(R"(,"data_base64":"")"), "kind 2: ");
}

TEST(CloudEventsJsonTest, ReadsJsonInBase64AsJson) {
  const std::string event = Json(
      R"(,"datacontenttype":"application/json","data_base64":"eyJhIjoxfQ==")");
  const auto batch = Decode(event);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ((*batch)->payloads().kinds.at(0), PayloadKind::kText);
  EXPECT_EQ((*batch)->payload(0), "{\"a\":1}");
  EXPECT_EQ(Encode(**batch, 0),
            Json(R"(,"datacontenttype":"application/json","data":{"a":1})"));
}

TEST(CloudEventsJsonTest, RefusesBase64ThatIsNotTheJsonItClaimsToBe) {
  const auto batch = Decode(
      Json(R"(,"datacontenttype":"application/json","data_base64":"AP8=")"));
  ASSERT_TRUE(absl::IsInvalidArgument(batch.status()));
  EXPECT_NE(batch.status().message().find(
                "'data_base64': payload of content type 'application/json': "
                "not valid JSON at byte '1': "),
            std::string::npos)
      << batch.status();
}

TEST(CloudEventsJsonTest, LeavesOtherBase64AsBytes) {
  const std::string event =
      Json(R"(,"datacontenttype":"image/png","data_base64":"AP8=")");
  const auto batch = Decode(event);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(Encode(**batch, 0), event);
}

TEST(CloudEventsJsonTest, SaysWhatIsWrongWithAnEvent) {
  EXPECT_EQ(ErrorOf(Json(R"(,"id":"2")")), "'id' comes twice");
  EXPECT_EQ(ErrorOf(Json(R"(,"x":null,"x":1)")), "'x' comes twice");
  EXPECT_EQ(ErrorOf(Json(R"(,"subject":7)")),
            "'subject' is a number, expected a string");
  EXPECT_EQ(ErrorOf(Json(R"(,"x":1.5)")),
            "'x' is a number, expected a string, a boolean or a 32-bit "
            "integer");
  EXPECT_EQ(ErrorOf(Json(R"(,"x":2147483648)")),
            "'x' is a number, expected a string, a boolean or a 32-bit "
            "integer");
  EXPECT_EQ(ErrorOf(Json(R"(,"x":{})")),
            "'x' is an object, expected a string, a boolean or a 32-bit "
            "integer");
  EXPECT_EQ(ErrorOf(Json(R"(,"Bad":1)")),
            "attribute name 'Bad' is not valid, expected lower-case letters "
            "and digits");
  EXPECT_EQ(ErrorOf(Json(R"(,"data":1,"data_base64":"")")),
            "'data' and 'data_base64' are both there");
  EXPECT_EQ(ErrorOf(Json(R"(,"data_base64":"%")")),
            "'data_base64' is not base64");
  EXPECT_EQ(ErrorOf(Json(R"(,"data_base64":1)")),
            "'data_base64' is a number, expected a base64 string");
  EXPECT_EQ(ErrorOf(Json(R"(,"data":{},"datacontenttype":"text/plain")")),
            "'data' is an object, expected a string, because "
            "'datacontenttype' is not JSON");
  EXPECT_NE(ErrorOf(Json(R"(,"time":"now")")).find("expected RFC 3339"),
            std::string::npos);
}

TEST(CloudEventsJsonTest, SaysWhichAttributeIsMissing) {
  EXPECT_EQ(ErrorOf("{}"), "'specversion' is missing");
  EXPECT_EQ(ErrorOf(R"({"specversion":"1.0","source":"/s","type":"t"})"),
            "attribute 'id' is missing");
  EXPECT_EQ(ErrorOf(R"({"specversion":"0.3"})"),
            "'specversion' is \"0.3\", expected \"1.0\"");
  EXPECT_EQ(ErrorOf(R"({"specversion":1.0})"),
            "'specversion' is 1.0, expected \"1.0\"");
  EXPECT_EQ(ErrorOf("[]"),
            "'body' is an array, expected a CloudEvent, which is an object");
}

TEST(CloudEventsJsonTest, SaysWhere) {
  const auto batch = Decode(R"( {"specversion":"1.0","id": 7})");
  EXPECT_EQ(batch.status(),
            absl::InvalidArgumentError("event at byte '1': value at byte '28': "
                                       "'id' is a number, expected a string"));
  EXPECT_EQ(
      Decode("{\"a\"}").status().message().find("not valid JSON at byte '4'"),
      0u);
}

TEST(CloudEventsJsonTest, RefusesTooManyMembers) {
  std::string members;
  for (size_t i = 0; i < CloudEventsJsonDecoder::kMaxMembers - 4; ++i) {
    members += ",\"x" + std::to_string(i) + "\":null";
  }
  EXPECT_EQ(DescriptionOf(members), "kind 1: ");
  EXPECT_EQ(ErrorOf(Json(members + ",\"y\":null")),
            "'y' is one too many, expected at most '256' members");
}

struct BatchResult {
  absl::Status status;
  EventBatchPtr batch;
  std::vector<DecodeError> errors;
};

BatchResult DecodeBatch(std::string body, BatchLimits limits = {}) {
  BatchBuilder builder({}, limits);
  CloudEventsJsonDecoder decoder;
  BatchResult result;
  result.status = decoder.DecodeBatch(SharedBytes::FromString(std::move(body)),
                                      builder, result.errors);
  result.batch = builder.Build(0);
  return result;
}

TEST(CloudEventsJsonTest, ReadsABatchAndReportsErrorsByIndex) {
  const BatchResult result =
      DecodeBatch("[" + Json("") + ", 7 , " + Json(R"(,"x":[])") + "," +
                  Json(R"(,"data":1)") + "]");
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.batch->size(), 2u);
  EXPECT_EQ(result.batch->payload(1), "1");
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_EQ(result.errors[0].position, 1u);
  EXPECT_EQ(result.errors[0].bytes.view(), "7");
  EXPECT_EQ(result.errors[1].position, 2u);
}

TEST(CloudEventsJsonTest, ReportsWhatNoLongerFits) {
  const BatchResult result =
      DecodeBatch("[" + Json("") + "," + Json("") + "]", {.max_events = 1});
  ASSERT_TRUE(result.status.ok());
  ASSERT_EQ(result.errors.size(), 1u);
  EXPECT_TRUE(absl::IsResourceExhausted(result.errors[0].status));
}

TEST(CloudEventsJsonTest, RefusesABodyThatIsNoBatch) {
  EXPECT_EQ(DecodeBatch("{}").status,
            absl::InvalidArgumentError(
                "'body' is an object, expected an array of CloudEvents"));
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeBatch("[").status));
  EXPECT_TRUE(DecodeBatch("[]").status.ok());
  std::string large = "[0";
  for (uint32_t i = 0; i < EventBatch::kMaxEvents; ++i) large += ",0";
  const BatchResult result = DecodeBatch(large + "]");
  EXPECT_TRUE(absl::IsInvalidArgument(result.status));
  EXPECT_TRUE(result.errors.empty());
}

TEST(CloudEventsJsonTest, WritesAnEventOnOneLine) {
  const auto batch = Decode(
      Json(",\"n\":7,\"b\":false,\"s\":\"7\",\"data\":{\n\"a\":\r\n\"b\\n\"}"));
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(Encode(**batch, 0),
            R"({"specversion":"1.0","id":"1","source":"/s","type":"t",)"
            R"("b":false,"n":7,"s":"7","data":{ "a":  "b\n"}})");
}

TEST(CloudEventsJsonTest, WritesWhatIsNoJsonAsBytes) {
  const auto batch = Decode(Json(R"(,"data":{})"));
  ASSERT_TRUE(batch.ok());
  EventBatch::Columns columns = (*batch)->columns();
  columns.payload.blob = SharedBytes::FromString("{oops");
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(1, ByteRange{0, 5});
  EXPECT_EQ(Encode(EventBatch(columns), 0),
            Json(R"(,"data_base64":"e29vcHM=")"));
}

// The JSON format: what has no content type is JSON, and text a JSON string.
TEST(CloudEventsJsonTest, WritesTextWithoutContentTypeAsAString) {
  BatchBuilder builder({.source = "/s", .type = "t"});
  for (const auto& [payload, kind] :
       {std::pair{"he said \"hi\"\n", PayloadKind::kPlainText},
        std::pair{"bytes", PayloadKind::kBinary}}) {
    EventFields fields;
    fields[Attribute::kId] = "1";
    fields.payload = payload;
    fields.kind = kind;
    ASSERT_TRUE(builder.AddEvent(fields).ok());
  }
  const EventBatchPtr batch = builder.Build(0);
  EXPECT_EQ(Encode(*batch, 0), Json(R"(,"data":"he said \"hi\"\n")"));
  EXPECT_EQ(Encode(*batch, 1), Json(R"(,"data_base64":"Ynl0ZXM=")"));
}

TEST(CloudEventsJsonTest, QuotesAnIntegerThatIsNotCanonical) {
  const auto batch = Decode(Json(""));
  ASSERT_TRUE(batch.ok());
  EventBatch::Columns columns = (*batch)->columns();
  columns.extensions = {
      {"n", StringColumn::Constant("+07"), {{AttributeType::kInteger}}}};
  EXPECT_EQ(Encode(EventBatch(columns), 0), Json(R"(,"n":"+07")"));
}

TEST(CloudEventsJsonTest, BringsBackAnyBatch) {
  Random random(17);
  for (int i = 0; i < 100; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 20);
    std::string body = "[";
    for (uint32_t row = 0; row < batch->size(); ++row) {
      body += (row == 0 ? "" : ",") + Encode(*batch, row);
    }
    const BatchResult result = DecodeBatch(body + "]");
    ASSERT_TRUE(result.status.ok()) << result.status;
    ASSERT_TRUE(result.errors.empty()) << result.errors[0].status;
    EXPECT_EQ(DescribeEvents(*result.batch), DescribeEvents(*batch));
  }
}

}  // namespace
}  // namespace phoenix
