#include "libs/event/batch_message.h"

#include <gtest/gtest.h>

#include <string>

#include "phoenix/event/v1/event_batch.pb.h"

namespace phoenix::wire {
namespace {

using Proto = ::phoenix::event::v1::EventBatch;
using namespace std::string_view_literals;

Field Fixed32Field(std::string_view bytes) {
  return {.id = 2, .type = WireType::kFixed32, .number = 0, .bytes = bytes};
}

TEST(Fixed32ListTest, UsesOnePackedFieldWhereItLies) {
  const std::string_view bytes = "\1\0\0\0\2\0\0\0"sv;
  Fixed32List list;
  ASSERT_TRUE(list.Add(Fixed32Field(bytes)).ok());
  EXPECT_EQ(list.bytes().data(), bytes.data());
}

TEST(Fixed32ListTest, JoinsSeveralFields) {
  Fixed32List list;
  EXPECT_EQ(list.bytes(), "");
  for (const std::string_view bytes : {"\1\0\0\0"sv, "\2\0\0\0\3\0\0\0"sv}) {
    ASSERT_TRUE(list.Add(Fixed32Field(bytes)).ok());
  }
  EXPECT_EQ(list.bytes(), "\1\0\0\0\2\0\0\0\3\0\0\0"sv);
}

TEST(Fixed32ListTest, RefusesAPartOfANumber) {
  Fixed32List list;
  EXPECT_EQ(
      list.Add(Fixed32Field("\1\0\0\0\2"sv)),
      absl::InvalidArgumentError("'ranges' has a part of a number at its end"));
}

TEST(BatchMessageTest, ReadsNothingAsDefaults) {
  BatchMessage message;
  ASSERT_TRUE(ReadBatchMessage("", message).ok());
  EXPECT_EQ(message.event_count, 0);
  EXPECT_FALSE(message.has_identity);
  EXPECT_EQ(message.identity.first_offset, -1);
}

TEST(BatchMessageTest, TakesAnEmptyIdentityAsOffsetZero) {
  Proto proto;
  proto.mutable_identity();
  const std::string bytes = proto.SerializeAsString();
  BatchMessage message;
  ASSERT_TRUE(ReadBatchMessage(bytes, message).ok());
  EXPECT_TRUE(message.has_identity);
  EXPECT_EQ(message.identity.first_offset, 0);
}

TEST(BatchMessageTest, MergesIdentitiesFieldByField) {
  Proto first;
  first.mutable_identity()->set_log("log");
  first.mutable_identity()->set_first_offset(5);
  Proto second;
  second.mutable_identity()->set_partition(-2);
  const std::string bytes =
      first.SerializeAsString() + second.SerializeAsString();
  BatchMessage message;
  ASSERT_TRUE(ReadBatchMessage(bytes, message).ok());
  EXPECT_EQ(message.identity.log, "log");
  EXPECT_EQ(message.identity.first_offset, 5);
  EXPECT_EQ(message.identity.partition, -2);
}

TEST(BatchMessageTest, CollectsExtensionsInTheirOrder) {
  Proto proto;
  proto.add_extensions()->set_name("b");
  proto.add_extensions()->set_name("a");
  const std::string bytes = proto.SerializeAsString();
  BatchMessage message;
  ASSERT_TRUE(ReadBatchMessage(bytes, message).ok());
  ASSERT_EQ(message.extensions.size(), 2u);
  EXPECT_EQ(message.extensions[1].name, "a");
}

TEST(BatchMessageTest, RefusesTextThatIsNotUtf8EvenIfItIsReplaced) {
  // `pipeline` twice, and of two sequence prefixes the first.
  for (const std::string_view bytes :
       {"\x6A\x01\xFF\x6A\x01p"sv, "\x1A\x06\x1A\x01\xFF\x1A\x01p"sv}) {
    BatchMessage message;
    EXPECT_TRUE(absl::IsInvalidArgument(ReadBatchMessage(bytes, message)));
  }
}

TEST(BatchMessageTest, RefusesASubmessageThatIsNone) {
  BatchMessage message;
  EXPECT_TRUE(
      absl::IsInvalidArgument(ReadBatchMessage("\x12\x01\x0A"sv, message)));
}

}  // namespace
}  // namespace phoenix::wire
