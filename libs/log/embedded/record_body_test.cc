#include "libs/log/embedded/record_body.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/base/crc32c.h"
#include "libs/event/batch_testing.h"
#include "libs/event/identity_field.h"
#include "libs/log/embedded/compression.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

// As it lies in a segment: message and identity.
SharedBytes Stored(const RecordBody& body, const std::string& identity) {
  return SharedBytes::FromString(std::string(body.message.Join().view()) +
                                 identity);
}

TEST(RecordBodyTest, ReadsWhatWasWrittenWithItsIdentity) {
  const EventBatchPtr batch = TestBatch(1, 300);
  const std::string identity = EncodeIdentityField({"a log", 2, 12345});
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    auto body = EncodeRecordBody(*batch, compression);
    ASSERT_TRUE(body.ok());
    AddIdentity(identity, body->header);
    const SharedBytes stored = Stored(*body, identity);
    EXPECT_EQ(stored.size(), body->header.body_bytes);
    EXPECT_EQ(Crc32c(stored.view()), body->header.body_crc);
    const auto decoded = DecodeRecordBody(body->header, stored);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    EXPECT_EQ(DescribeEvents(**decoded), DescribeEvents(*batch));
    EXPECT_EQ((*decoded)->identity().log, "a log");
    EXPECT_EQ((*decoded)->identity().partition, 2);
    EXPECT_EQ((*decoded)->identity().first_offset, 12345);
  }
}

TEST(RecordBodyTest, ReplacesTheIdentityThatABatchHas) {
  EventBatch::Columns columns = TestBatch(1)->columns();
  columns.identity = {"earlier", 9, 77};
  auto body = EncodeRecordBody(EventBatch(columns), Compression::kNone);
  const std::string identity = EncodeIdentityField({"later", 0, 0});
  AddIdentity(identity, body->header);
  const auto decoded = DecodeRecordBody(body->header, Stored(*body, identity));
  EXPECT_EQ((*decoded)->identity().log, "later");
  EXPECT_EQ((*decoded)->identity().partition, 0);
  EXPECT_EQ((*decoded)->identity().first_offset, 0);
}

TEST(RecordBodyTest, LendsThePayloads) {
  const EventBatchPtr batch = TestBatch(1, 300);
  const auto body = EncodeRecordBody(*batch, Compression::kNone);
  bool lent = false;
  for (const SharedBytes& piece : body->message.pieces()) {
    lent |= piece.data() == batch->payloads().blob.data();
  }
  EXPECT_TRUE(lent);
}

TEST(RecordBodyTest, SaysThatARecordIsNoBatch) {
  RecordHeader header;
  header.event_count = 1;
  const auto body = SharedBytes::FromString("no batch");
  EXPECT_TRUE(absl::IsDataLoss(DecodeRecordBody(header, body).status()));
  header.compression = Compression::kZstd;
  header.message_bytes = 100;
  EXPECT_TRUE(absl::IsDataLoss(DecodeRecordBody(header, body).status()));
}

TEST(RecordBodyTest, SaysThatEventsAreMissing) {
  auto body = EncodeRecordBody(*TestBatch(1), Compression::kNone);
  ++body->header.event_count;
  EXPECT_TRUE(absl::IsDataLoss(
      DecodeRecordBody(body->header, Stored(*body, "")).status()));
}

TEST(CompressionTest, LeavesAloneWhatDoesNotShrink) {
  EXPECT_TRUE(Compress(Compression::kLz4, "short").empty());
  EXPECT_TRUE(Compress(Compression::kZstd, "short").empty());
  const std::string zeros(1000, '\0');
  EXPECT_FALSE(Compress(Compression::kLz4, zeros).empty());
  EXPECT_FALSE(Compress(Compression::kZstd, zeros).empty());
}

}  // namespace
}  // namespace phoenix
