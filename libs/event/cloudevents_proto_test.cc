#include "libs/event/cloudevents_proto.h"

#include <gtest/gtest.h>

#include <string>

#include "io/cloudevents/v1/cloudevents.pb.h"
#include "libs/base/random.h"
#include "libs/event/batch_testing.h"

namespace phoenix {
namespace {

using io::cloudevents::v1::CloudEvent;

CloudEvent Minimal() {
  CloudEvent event;
  event.set_id("1");
  event.set_source("/s");
  event.set_spec_version("1.0");
  event.set_type("t");
  return event;
}

absl::Status Add(const CloudEvent& event) {
  BatchBuilder builder({});
  return CloudEventsProtoDecoder().Add(event, builder);
}

EventBatchPtr Decode(const CloudEvent& event) {
  BatchBuilder builder({});
  const absl::Status status = CloudEventsProtoDecoder().Add(event, builder);
  EXPECT_TRUE(status.ok()) << status;
  return builder.Build(0);
}

CloudEvent BackAndForth(const CloudEvent& event) {
  CloudEvent result;
  ToCloudEvent(*Decode(event), 0, result);
  return result;
}

std::string ErrorOf(const CloudEvent& event) {
  const absl::Status status = Add(event);
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return std::string(status.message());
}

TEST(CloudEventsProtoTest, ReadsAnEventWithoutPayload) {
  EXPECT_EQ(DescribeEvent(*Decode(Minimal()), 0),
            "id='1' source='/s' type='t' kind 1: ");
}

TEST(CloudEventsProtoTest, ReadsValuesInTheirCanonicalForm) {
  CloudEvent event = Minimal();
  auto& attributes = *event.mutable_attributes();
  attributes["abool"].set_ce_boolean(true);
  attributes["bint"].set_ce_integer(-7);
  attributes["cstring"].set_ce_string("s");
  attributes["dbytes"].set_ce_bytes("\xFF\x00");
  attributes["euri"].set_ce_uri("urn:a");
  attributes["furiref"].set_ce_uri_ref("../a");
  attributes["gtime"].mutable_ce_timestamp()->set_seconds(1);
  attributes["time"].mutable_ce_timestamp()->set_nanos(500'000'000);
  attributes["subject"].set_ce_string("sub");
  attributes["dataschema"].set_ce_uri("urn:schema");
  event.set_text_data("{}");
  EXPECT_EQ(DescribeEvent(*Decode(event), 0),
            "id='1' source='/s' type='t' subject='sub' "
            "time='1970-01-01T00:00:00.500Z' dataschema='urn:schema' "
            "1:abool='true' 2:bint='-7' 3:cstring='s' 4:dbytes='/w==' "
            "5:euri='urn:a' 6:furiref='../a' 7:gtime='1970-01-01T00:00:01Z' "
            "kind 3: {}");
  EXPECT_EQ(BackAndForth(event).SerializeAsString().size(),
            event.SerializeAsString().size());
}

TEST(CloudEventsProtoTest, GivesEachPayloadBackInItsForm) {
  CloudEvent event = Minimal();
  event.set_binary_data(std::string("\0\xFF", 2));
  EXPECT_EQ(BackAndForth(event).binary_data(), event.binary_data());
  event.set_text_data("{\"ü\":1}");
  EXPECT_EQ(BackAndForth(event).text_data(), "{\"ü\":1}");
  event.mutable_proto_data()->set_type_url("type.googleapis.com/x.Y");
  event.mutable_proto_data()->set_value("\x08\x01");
  const CloudEvent result = BackAndForth(event);
  EXPECT_EQ(result.proto_data().type_url(), "type.googleapis.com/x.Y");
  EXPECT_EQ(result.proto_data().value(), "\x08\x01");
  event.clear_data();
  EXPECT_EQ(BackAndForth(event).data_case(), CloudEvent::DATA_NOT_SET);
}

CloudEvent WithContentType(const std::string& type) {
  CloudEvent event = Minimal();
  (*event.mutable_attributes())["datacontenttype"].set_ce_string(type);
  return event;
}

TEST(CloudEventsProtoTest, KeepsTextOfAnotherContentType) {
  CloudEvent event = WithContentType("text/plain");
  event.set_text_data("text é");
  EXPECT_EQ(BackAndForth(event).text_data(), "text é");
}

TEST(CloudEventsProtoTest, ReadsJsonInBytesAsJson) {
  CloudEvent event = WithContentType("application/json");
  event.set_binary_data("{\"a\":1}");
  EXPECT_EQ(DescribeEvent(*Decode(event), 0),
            "id='1' source='/s' type='t' datacontenttype='application/json' "
            "kind 3: {\"a\":1}");
  EXPECT_EQ(BackAndForth(event).text_data(), "{\"a\":1}");
  EXPECT_EQ(BackAndForth(BackAndForth(event)).text_data(), "{\"a\":1}");
}

TEST(CloudEventsProtoTest, RefusesDataThatIsNotTheJsonItClaimsToBe) {
  CloudEvent event = WithContentType("application/json");
  event.set_binary_data("{\"a\":}");
  EXPECT_EQ(ErrorOf(event).rfind("payload of content type 'application/json': "
                                 "not valid JSON at byte '5': ",
                                 0),
            0u);
  event.set_text_data("hello");
  EXPECT_TRUE(absl::IsInvalidArgument(Add(event)));
}

TEST(CloudEventsProtoTest, GivesUnnamedTextThatIsNoJsonBackAsText) {
  CloudEvent event = Minimal();
  event.set_text_data("hello");
  EXPECT_EQ(BackAndForth(event).text_data(), "hello");
}

TEST(CloudEventsProtoTest, ReadsAnEmptyPayloadAsOne) {
  CloudEvent event = Minimal();
  event.set_text_data("");
  EXPECT_EQ(BackAndForth(event).data_case(), CloudEvent::kTextData);
}

TEST(CloudEventsProtoTest, NamesTheMissingAttribute) {
  CloudEvent event = Minimal();
  event.clear_id();
  EXPECT_EQ(ErrorOf(event), "attribute 'id' is empty");
  event = Minimal();
  event.clear_type();
  EXPECT_EQ(ErrorOf(event), "attribute 'type' is empty");
  event = Minimal();
  event.set_spec_version("0.3");
  EXPECT_EQ(ErrorOf(event), "attribute 'specversion' is '0.3', expected '1.0'");
}

TEST(CloudEventsProtoTest, RefusesWrongTypesAndNames) {
  CloudEvent event = Minimal();
  (*event.mutable_attributes())["subject"].set_ce_integer(1);
  EXPECT_EQ(ErrorOf(event),
            "attribute 'subject' has the wrong type, expected a string or URI");
  event = Minimal();
  (*event.mutable_attributes())["time"].set_ce_string("yesterday");
  EXPECT_EQ(ErrorOf(event),
            "attribute 'time' is 'yesterday', expected a timestamp or RFC 3339 "
            "text");
  event = Minimal();
  (*event.mutable_attributes())["void"];
  EXPECT_EQ(ErrorOf(event), "attribute 'void' has no value");
  event = Minimal();
  (*event.mutable_attributes())["id"].set_ce_string("2");
  EXPECT_EQ(ErrorOf(event),
            "attribute 'id' is among 'attributes', expected only in the field "
            "of its own");
  event = Minimal();
  (*event.mutable_attributes())["Upper"].set_ce_string("2");
  EXPECT_TRUE(absl::IsInvalidArgument(Add(event)));
  event = Minimal();
  (*event.mutable_attributes())["far"].mutable_ce_timestamp()->set_seconds(
      1'000'000'000'000);
  EXPECT_EQ(ErrorOf(event),
            "attribute 'far' is a timestamp outside of years 1 to 9999");
}

TEST(CloudEventsProtoTest, WritesAnExtensionThatBeliesItsTypeAsAString) {
  EventBatch::Columns columns = Decode(Minimal())->columns();
  columns.extensions = {
      {"n", StringColumn::Constant("seven"), {{AttributeType::kInteger}}}};
  CloudEvent event;
  ToCloudEvent(EventBatch(columns), 0, event);
  EXPECT_EQ(event.attributes().at("n").ce_string(), "seven");
}

TEST(CloudEventsProtoTest, WritesATimeThatProtobufHasNotAsAString) {
  CloudEvent event = Minimal();
  (*event.mutable_attributes())["time"].set_ce_string("0000-01-01T00:00:00Z");
  EXPECT_EQ(BackAndForth(event).attributes().at("time").ce_string(),
            "0000-01-01T00:00:00Z");
}

TEST(CloudEventsProtoTest, WritesTextThatIsNotUtf8AsBytes) {
  EventBatch::Columns columns = Decode(Minimal())->columns();
  columns.payload.blob = SharedBytes::FromString("\xFF");
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(1, ByteRange{0, 1});
  columns.payload.kinds = {{PayloadKind::kText}};
  CloudEvent event;
  ToCloudEvent(EventBatch(columns), 0, event);
  EXPECT_EQ(event.binary_data(), "\xFF");
}

TEST(CloudEventsProtoTest, BringsBackAnyBatch) {
  Random random(13);
  for (int i = 0; i < 100; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 20);
    BatchBuilder builder({});
    CloudEventsProtoDecoder decoder;
    for (uint32_t row = 0; row < batch->size(); ++row) {
      CloudEvent event;
      ToCloudEvent(*batch, row, event);
      const absl::Status status = decoder.Add(event, builder);
      ASSERT_TRUE(status.ok()) << status;
    }
    EXPECT_EQ(DescribeEvents(*builder.Build(0)), DescribeEvents(*batch));
  }
}

}  // namespace
}  // namespace phoenix
