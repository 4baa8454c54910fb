#include "libs/log/kafka/log_record.h"

#include <memory>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_testing.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class LogRecordTest : public ::testing::Test {
 protected:
  absl::StatusOr<LogEntry> Decode(const FetchedRecord& record) {
    return DecodeLogRecord(record, "topic@cluster", 3);
  }

  Random random_{1};
  EventBatchPtr batch_ = RandomBatch(random_, 10);
  const std::string value_ = std::string(EncodeEventBatch(*batch_).view());
  FetchedRecord record_ = {.offset = 5,
                           .time = absl::FromUnixMillis(1234),
                           .version = "1",
                           .key = "17",
                           .value = value_};
};

TEST_F(LogRecordTest, BecomesAnEntryWithItsIdentity) {
  const auto entry = Decode(record_);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(DescribeEvents(*entry->batch), DescribeEvents(*batch_));
  EXPECT_EQ(entry->first_offset, 5 * 65'536);
  EXPECT_EQ(entry->lane, 17u);
  EXPECT_EQ(entry->append_time, absl::FromUnixMillis(1234));
  EXPECT_EQ(entry->batch->identity().log, "topic@cluster");
  EXPECT_EQ(entry->batch->identity().partition, 3);
  EXPECT_EQ(entry->batch->identity().first_offset, entry->first_offset);
}

TEST_F(LogRecordTest, IsEncodedAsItTravelsOn) {
  const auto entry = DecodeLogRecord(record_, "topic@cluster", 3,
                                     /*tenure=*/123);
  ASSERT_TRUE(entry.ok());
  ASSERT_FALSE(entry->batch->encoded().empty());
  const auto again = DecodeEventBatch(EncodeEventBatch(*entry->batch));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->identity().log, "topic@cluster");
  EXPECT_EQ((*again)->identity().first_offset, 5 * 65'536);
  EXPECT_EQ((*again)->identity().tenure, 123);
}

TEST_F(LogRecordTest, OutlivesTheBytesThatWereFetched) {
  auto value = std::make_unique<std::string>(value_);
  record_.value = *value;
  const auto entry = Decode(record_);
  ASSERT_TRUE(entry.ok());
  value = nullptr;
  EXPECT_EQ(DescribeEvents(*entry->batch), DescribeEvents(*batch_));
}

TEST_F(LogRecordTest, IsRefusedWhenNoLogHasWrittenIt) {
  for (const std::string_view version : {"", "0", "-1", "one"}) {
    record_.version = version;
    EXPECT_EQ(Decode(record_).status().code(), absl::StatusCode::kDataLoss)
        << version;
  }
  record_.version = "1";
  record_.key = "seventeen";
  EXPECT_EQ(Decode(record_).status().code(), absl::StatusCode::kDataLoss);
  record_.key = "17";
  record_.value = "{\"temperature\": 1}";
  const absl::Status refused = Decode(record_).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("record 5"));
}

TEST_F(LogRecordTest, IsNotPassedOverWhenANewerVersionHasWrittenIt) {
  record_.version = "2";
  const absl::Status refused = Decode(record_).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("version 2"));
}

TEST_F(LogRecordTest, IsRefusedWhenAnotherPipelineHasWrittenIt) {
  record_.pipeline = "orders";
  const absl::Status refused = CheckPipeline(record_, "billing");
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  for (const char* named : {"record 5", "'orders'", "'billing'", "`topic`"}) {
    EXPECT_THAT(std::string(refused.message()), HasSubstr(named));
  }
}

TEST_F(LogRecordTest, IsOursWhenItSaysSoOrNothing) {
  EXPECT_TRUE(CheckPipeline(record_, "billing").ok());
  record_.pipeline = "billing";
  EXPECT_TRUE(CheckPipeline(record_, "billing").ok());
  EXPECT_TRUE(CheckPipeline(record_, "").ok());
}

TEST(LogOffsetTest, LeavesRoomForTheLargestBatch) {
  EXPECT_EQ(FirstEventOf(1) - FirstEventOf(0), int64_t{EventBatch::kMaxEvents});
  EXPECT_EQ(RecordOf(FirstEventOf(7)), 7);
  EXPECT_EQ(RecordOf(FirstEventOf(8) - 1), 7);
}

}  // namespace
}  // namespace phoenix
