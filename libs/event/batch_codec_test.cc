#include "libs/event/batch_codec.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "phoenix/event/v1/event_batch.pb.h"

namespace phoenix {
namespace {

using Proto = ::phoenix::event::v1::EventBatch;

// Two events of one byte each, valid.
Proto SmallProto() {
  Proto proto;
  proto.set_event_count(2);
  proto.mutable_payload()->set_blob("ab");
  for (const uint32_t edge : {0, 1, 1, 2}) {
    proto.mutable_payload()->add_ranges(edge);
  }
  proto.mutable_payload()->set_kinds("\x03");
  return proto;
}

absl::StatusOr<EventBatchPtr> Decode(std::string bytes) {
  return DecodeEventBatch(SharedBytes::FromString(std::move(bytes)));
}

absl::StatusOr<EventBatchPtr> Decode(const Proto& proto) {
  return Decode(proto.SerializeAsString());
}

std::string ErrorOf(const Proto& proto) {
  const auto batch = Decode(proto);
  EXPECT_TRUE(absl::IsInvalidArgument(batch.status())) << batch.status();
  return std::string(batch.status().message());
}

Proto Parse(const SharedBytes& encoded) {
  Proto proto;
  EXPECT_TRUE(proto.ParseFromArray(encoded.data(), encoded.size()));
  return proto;
}

TEST(BatchCodecTest, BringsBackWhatItWrote) {
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 40);
    const auto decoded = DecodeEventBatch(EncodeEventBatch(*batch));
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(DescribeEvents(**decoded), DescribeEvents(*batch));
    EXPECT_EQ((*decoded)->receive_time_nanos(), batch->receive_time_nanos());
  }
}

TEST(BatchCodecTest, WritesWhatTheGeneratedClassWouldWrite) {
  EventBatch::Columns columns = (*Decode(SmallProto()))->columns();
  columns.attributes[0] = StringColumn::Sequence("p-", 5);
  columns.attributes[1] = StringColumn::Constant("/source");
  columns.attributes[3] = StringColumn::Ranges(
      SharedBytes::FromString("subject"), {StringColumn::kNullRange, {0, 7}});
  columns.extensions = {{"traceparent",
                         StringColumn::Constant("00-1"),
                         {{AttributeType::kString}}}};
  columns.identity = {"log-a", 3, 1'000, 77};
  columns.receive_time_nanos = 99;
  columns.pipeline = "p";
  columns.revision = "r";
  const Proto proto = Parse(EncodeEventBatch(EventBatch(std::move(columns))));
  EXPECT_EQ(proto.event_count(), 2);
  EXPECT_EQ(proto.payload().blob(), "ab");
  EXPECT_EQ(proto.payload().ranges_size(), 4);
  EXPECT_EQ(proto.payload().kinds(), "\x03");
  EXPECT_EQ(proto.id().sequence_prefix(), "p-");
  EXPECT_EQ(proto.id().sequence_first(), 5);
  EXPECT_EQ(proto.source().blob(), "/source");
  EXPECT_EQ(proto.source().ranges_size(), 2);
  EXPECT_FALSE(proto.has_type());
  EXPECT_EQ(proto.subject().ranges(0), 4294967295u);
  EXPECT_EQ(proto.subject().ranges(3), 7u);
  ASSERT_EQ(proto.extensions_size(), 1);
  EXPECT_EQ(proto.extensions(0).name(), "traceparent");
  EXPECT_EQ(proto.extensions(0).types(), "\x03");
  EXPECT_EQ(proto.identity().log(), "log-a");
  EXPECT_EQ(proto.identity().partition(), 3);
  EXPECT_EQ(proto.identity().first_offset(), 1'000);
  EXPECT_EQ(proto.identity().tenure(), 77);
  EXPECT_EQ(proto.receive_time_nanos(), 99);
  EXPECT_EQ(proto.pipeline(), "p");
  EXPECT_EQ(proto.revision(), "r");
}

TEST(BatchCodecTest, ReadsEveryFieldOfTheGeneratedClass) {
  Proto proto = SmallProto();
  int number = 0;
  for (auto* column :
       {proto.mutable_id(), proto.mutable_source(), proto.mutable_type(),
        proto.mutable_subject(), proto.mutable_time(),
        proto.mutable_data_content_type(), proto.mutable_data_schema()}) {
    column->set_blob(std::to_string(number++));
    column->add_ranges(0);
    column->add_ranges(1);
  }
  proto.mutable_identity()->set_first_offset(7);
  proto.mutable_identity()->set_tenure(8);
  proto.set_revision("r");
  const auto batch = Decode(proto);
  ASSERT_TRUE(batch.ok()) << batch.status();
  for (size_t i = 0; i < kAttributeCount; ++i) {
    EXPECT_EQ((*batch)->attribute(static_cast<Attribute>(i)).ToString(1),
              std::to_string(i));
  }
  EXPECT_EQ((*batch)->identity().first_offset, 7);
  EXPECT_EQ((*batch)->identity().tenure, 8);
  EXPECT_EQ((*batch)->revision(), "r");
}

TEST(BatchCodecTest, LeavesOutAnIdentityThatIsNone) {
  const EventBatchPtr batch = *Decode(SmallProto());
  EXPECT_EQ(batch->identity().first_offset, -1);
  EXPECT_FALSE(
      Parse(EncodeEventBatch(EventBatch(batch->columns()))).has_identity());
}

TEST(BatchCodecTest, PassesOnTheBytesThatCame) {
  const auto encoded =
      SharedBytes::FromString(SmallProto().SerializeAsString());
  const auto batch = DecodeEventBatch(encoded);
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(EncodeEventBatch(**batch).data(), encoded.data());
  EXPECT_GE((*batch)->payload(0).data(), encoded.data());
  EXPECT_LT((*batch)->payload(0).data(), encoded.data() + encoded.size());
}

TEST(BatchCodecTest, WritesAChangedBatchAnew) {
  const EventBatchPtr batch = *Decode(SmallProto());
  EventBatch::Columns columns = batch->columns();
  columns.revision = "next";
  const EventBatch changed(std::move(columns));
  EXPECT_EQ(Parse(EncodeEventBatch(changed)).revision(), "next");
}

TEST(BatchCodecTest, LeavesOutBytesThatNoRowRefersTo) {
  EventBatch::Columns columns = (*Decode(SmallProto()))->columns();
  columns.payload.blob = SharedBytes::FromString(std::string(1'000, 'x') + "y");
  columns.payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{999, 1'001}, {999, 1'001}});
  const Proto proto = Parse(EncodeEventBatch(EventBatch(std::move(columns))));
  EXPECT_EQ(proto.payload().blob(), "xy");
  EXPECT_EQ(proto.payload().ranges(2), 0u);
  EXPECT_EQ(proto.payload().ranges(3), 2u);
}

TEST(BatchCodecTest, ToleratesWhatItDoesNotKnow) {
  std::string bytes = SmallProto().SerializeAsString();
  bytes += std::string("\xF8\x07\x05", 3);              // Field 127, varint.
  bytes += std::string("\xFA\x07\x02hi", 5);            // 127, bytes.
  bytes += std::string("\xFB\x07\x08\x01\xFC\x07", 6);  // 127, a group.
  bytes += std::string("\x0D\x01\x00\x00\x00", 5);      // 1 as a fixed32.
  const auto batch = Decode(bytes);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ((*batch)->size(), 2u);
}

TEST(BatchCodecTest, MergesWhatComesTwiceAsProtobufDoes) {
  Proto first = SmallProto();
  first.set_pipeline("first");
  first.mutable_payload()->clear_ranges();
  first.mutable_payload()->add_ranges(0);
  first.mutable_payload()->add_ranges(1);
  Proto second;
  second.set_pipeline("second");
  second.mutable_payload()->set_blob("cd");
  second.mutable_payload()->add_ranges(1);
  second.mutable_payload()->add_ranges(2);
  const auto batch =
      Decode(first.SerializeAsString() + second.SerializeAsString());
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ((*batch)->pipeline(), "second");
  EXPECT_EQ((*batch)->payload(0), "c");
  EXPECT_EQ((*batch)->payload(1), "d");
}

TEST(BatchCodecTest, ReadsNumbersThatAreNotPacked) {
  Proto proto = SmallProto();
  proto.mutable_payload()->clear_ranges();
  std::string payload = proto.payload().SerializeAsString();
  for (const char edge : {0, 1, 1, 2}) {
    payload += std::string("\x15", 1) + edge + std::string(3, '\0');
  }
  std::string bytes("\x08\x02\x12", 3);
  bytes += static_cast<char>(payload.size());
  const auto batch = Decode(bytes + payload);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ((*batch)->payload(1), "b");
}

TEST(BatchCodecTest, RefusesEveryCutOffMessageOrReadsIt) {
  Random random(3);
  const SharedBytes encoded = EncodeEventBatch(*RandomBatch(random, 5));
  for (size_t size = 0; size < encoded.size(); ++size) {
    const auto batch = DecodeEventBatch(encoded.Part(0, size));
    if (batch.ok()) {
      Proto proto;
      EXPECT_TRUE(proto.ParseFromArray(encoded.data(), size));
    } else {
      EXPECT_TRUE(absl::IsInvalidArgument(batch.status()));
    }
  }
}

TEST(BatchCodecTest, RefusesWrongCounts) {
  Proto proto = SmallProto();
  proto.set_event_count(0);
  EXPECT_EQ(ErrorOf(proto), "'event_count' is '0', expected 1 to '65536'");
  proto.set_event_count(-5);
  EXPECT_EQ(ErrorOf(proto), "'event_count' is '-5', expected 1 to '65536'");
  proto.set_event_count(65'537);
  EXPECT_EQ(ErrorOf(proto), "'event_count' is '65537', expected 1 to '65536'");
  proto.set_event_count(3);
  EXPECT_EQ(ErrorOf(proto),
            "payload: 'ranges' has '2' pairs, expected one for each of '3' "
            "events");
  proto.set_event_count(2);
  proto.mutable_payload()->add_ranges(2);
  EXPECT_EQ(ErrorOf(proto),
            "payload: 'ranges' has an odd count of numbers, expected pairs");
}

TEST(BatchCodecTest, RefusesRangesThatLeaveTheBlob) {
  Proto proto = SmallProto();
  proto.mutable_payload()->set_ranges(3, 3);
  EXPECT_EQ(ErrorOf(proto),
            "payload: 'ranges' has '[1, 3)' at row '1', which is not within "
            "the '2' bytes of 'blob'");
  proto.mutable_payload()->set_ranges(3, 0);
  EXPECT_TRUE(absl::IsInvalidArgument(Decode(proto).status()));
  proto = SmallProto();
  proto.mutable_payload()->set_ranges(0, 4294967295u);
  proto.mutable_payload()->set_ranges(1, 4294967295u);
  EXPECT_TRUE(absl::IsInvalidArgument(Decode(proto).status()));
}

TEST(BatchCodecTest, RefusesUnknownKindsAndTypes) {
  Proto proto = SmallProto();
  proto.mutable_payload()->set_kinds(std::string("\x03\x06"));
  EXPECT_EQ(ErrorOf(proto),
            "payload: 'kinds' has the value '6', expected 1 to '5'");
  proto.mutable_payload()->set_kinds("");
  EXPECT_EQ(ErrorOf(proto),
            "payload: 'kinds' has '0' bytes, expected 1 or '2'");
  proto = SmallProto();
  auto& extension = *proto.add_extensions();
  extension.set_name("abc");
  extension.set_types(std::string(1, '\0'));
  EXPECT_EQ(ErrorOf(proto),
            "extensions: abc: 'types' has the value '0', expected 1 to '7'");
}

TEST(BatchCodecTest, RefusesTextThatIsNotUtf8) {
  Proto proto = SmallProto();
  proto.mutable_subject()->set_blob("\xC3\xA9");
  for (const uint32_t edge : {0, 2, 0, 2}) {
    proto.mutable_subject()->add_ranges(edge);
  }
  EXPECT_TRUE(Decode(proto).ok());
  proto.mutable_subject()->set_ranges(1, 1);  // Cuts the character.
  EXPECT_EQ(ErrorOf(proto), "subject: 'blob' is not UTF-8");
  proto.mutable_subject()->set_blob("a\xFF");  // But no row has the rest.
  proto.mutable_subject()->set_ranges(3, 1);
  EXPECT_TRUE(Decode(proto).ok());
}

TEST(BatchCodecTest, RefusesExtensionsOutOfOrder) {
  Proto proto = SmallProto();
  for (const char* name : {"b", "a"}) {
    auto& extension = *proto.add_extensions();
    extension.set_name(name);
    extension.set_types("\x03");
  }
  EXPECT_EQ(ErrorOf(proto),
            "extensions: 'a' comes after 'b', expected ascending names, each "
            "once");
}

TEST(BatchCodecTest, RefusesASequenceBesideValues) {
  Proto proto = SmallProto();
  proto.mutable_id()->set_sequence_prefix("x");
  proto.mutable_id()->set_blob("y");
  EXPECT_EQ(ErrorOf(proto),
            "id: 'sequence_prefix' is set beside 'blob' or 'ranges'");
}

TEST(BatchCodecTest, SendsTheWholeBatchWhenMostIsSelected) {
  const EventBatchPtr batch = *Decode(SmallProto());
  const BatchView view{batch, {0, 1}};
  EXPECT_FALSE(ShouldThin(view));
  EXPECT_EQ(EncodeSelection(view).Join().data(), batch->encoded().data());
}

TEST(BatchCodecTest, LendsThePayloadsOfABatchThatIsWrittenAnew) {
  EventBatch::Columns columns = (*Decode(SmallProto()))->columns();
  columns.receive_time_nanos = 7;
  const auto batch = std::make_shared<const EventBatch>(std::move(columns));
  const BytePieces pieces = EncodeSelection({batch, {0, 1}});
  ASSERT_EQ(pieces.pieces().size(), 3u);
  EXPECT_EQ(pieces.pieces()[1].data(), batch->payloads().blob.data());
  const auto decoded = DecodeEventBatch(pieces.Join());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ((*decoded)->payload(1), "b");
  EXPECT_EQ((*decoded)->receive_time_nanos(), 7);
}

TEST(BatchCodecTest, KeepsTheIdentityOfAThinnedBatch) {
  EventBatch::Columns columns = (*Decode(SmallProto()))->columns();
  columns.payload.blob = SharedBytes::FromString(std::string(100, 'x'));
  columns.payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{0, 98}, {98, 100}});
  columns.identity = {"log", 2, 500};
  const auto batch = std::make_shared<const EventBatch>(std::move(columns));
  const auto thin = DecodeEventBatch(EncodeSelection({batch, {1}}).Join());
  ASSERT_TRUE(thin.ok()) << thin.status();
  EXPECT_EQ((*thin)->identity().first_offset, 500);
  EXPECT_EQ((*thin)->identity().log, "log");
  EXPECT_EQ((*thin)->payload(1), "xx");
}

TEST(BatchCodecTest, HoldsTheMostEventsThereCanBe) {
  EventBatch::Columns columns;
  columns.event_count = EventBatch::kMaxEvents;
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(EventBatch::kMaxEvents);
  const auto decoded =
      DecodeEventBatch(EncodeEventBatch(EventBatch(std::move(columns))));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ((*decoded)->size(), EventBatch::kMaxEvents);
}

TEST(BatchCodecTest, ThinsABatchOfWhichLittleIsSelected) {
  Random random(5);
  const EventBatchPtr batch = RandomBatch(random, 1'000);
  ASSERT_GT(batch->size(), 10u);
  const BatchView view{batch, {3, 7}};
  ASSERT_TRUE(ShouldThin(view));
  const SharedBytes encoded = EncodeSelection(view).Join();
  const auto thin = DecodeEventBatch(encoded);
  ASSERT_TRUE(thin.ok()) << thin.status();
  EXPECT_EQ((*thin)->size(), batch->size());
  for (const uint32_t row : view.rows) {
    EXPECT_EQ(DescribeEvent(**thin, row), DescribeEvent(*batch, row));
  }
  EXPECT_EQ((*thin)->payload(4), "");
  EXPECT_LT((*thin)->payloads().blob.size(), 100u);
}

}  // namespace
}  // namespace phoenix
