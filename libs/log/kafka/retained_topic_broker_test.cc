// The past of a log in Kafka, at a real broker.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/log/kafka/kafka_log.h"
#include "libs/log/kafka/log_record.h"
#include "libs/log/kafka/retained_topic.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RetainedTopicTest : public ::testing::Test {
 protected:
  RetainedTopicTest() {
    options_.connection.brokers = SharedKafka().bootstrap();
    options_.topic = Cat(
        "past-", testing::UnitTest::GetInstance()->current_test_info()->name());
    options_.group = options_.topic;
    options_.create_topic = KafkaTopic{.name = options_.topic,
                                       .partitions = 1,
                                       .replication_factor = 1,
                                       .config = {}};
  }

  // Opens the log for a moment.
  void Append(const std::vector<std::vector<std::string>>& batches) {
    auto log = KafkaLog::Open(options_);
    ASSERT_TRUE(log.ok()) << log.status();
    for (const auto& payloads : batches) {
      ASSERT_TRUE(AppendAndWait(**log, BatchOf(payloads)).ok());
    }
  }

  std::unique_ptr<RetainedTopic> Open() {
    auto past = RetainedTopic::Open(options_);
    EXPECT_TRUE(past.ok()) << past.status();
    return *std::move(past);
  }

  static std::vector<LogEntry> ReadAll(RetainedReader& reader) {
    std::vector<LogEntry> entries;
    while (true) {
      auto entry = reader.Next();
      EXPECT_TRUE(entry.ok()) << entry.status();
      if (!entry.ok() || !*entry) return entries;
      entries.push_back(**std::move(entry));
    }
  }

  static std::vector<std::string> Read(const RetainedTopic& past,
                                       const LogRange& range) {
    std::vector<std::string> payloads;
    for (const LogEntry& entry : ReadAll(*past.Read(range))) {
      for (uint32_t row = 0; row < entry.batch->size(); ++row) {
        payloads.emplace_back(entry.batch->payload(row));
      }
    }
    return payloads;
  }

  KafkaLogOptions options_;
};

TEST_F(RetainedTopicTest, ReadsWhatWasAppendedWhateverWasDelivered) {
  Append({{"1", "2"}, {"3"}});
  const auto past = Open();
  Append({{"later"}});
  EXPECT_EQ(past->partition_count(), 1);
  EXPECT_EQ(past->extent(0).end_offset, 2 * kEventsPerRecord);
  EXPECT_FALSE(past->empty());
  const auto reader = past->Read({});
  const std::vector<LogEntry> entries = ReadAll(*reader);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].first_offset, kEventsPerRecord);
  EXPECT_THAT(entries[1].batch->identity().log,
              HasSubstr(Cat(options_.topic, "@")));
  EXPECT_EQ(*past->CountInstances(), 0);
}

TEST_F(RetainedTopicTest, ReadsARangeOfOffsetsOrTimes) {
  Append({{"1", "2"}, {"3"}, {"4"}});
  const auto past = Open();
  EXPECT_THAT(Read(*past, {.from_offset = kEventsPerRecord}),
              ElementsAre("3", "4"));
  EXPECT_THAT(Read(*past, {.from_offset = 1, .to_offset = kEventsPerRecord}),
              ElementsAre("1", "2"));
  EXPECT_THAT(Read(*past, {.from_time = absl::Now() + absl::Hours(1)}),
              IsEmpty());
  EXPECT_THAT(Read(*past, {.from_time = absl::Now() - absl::Hours(1),
                           .to_time = absl::Now() + absl::Hours(1)}),
              ElementsAre("1", "2", "3", "4"));
}

TEST_F(RetainedTopicTest, FindsTheLastEventsAcrossTheGapsOfOffsets) {
  Append({{"1", "2"}, {"3", "4", "5"}, {"6"}});
  const auto past = Open();
  EXPECT_EQ(*past->FindLast(0, 1), 2 * kEventsPerRecord);
  EXPECT_EQ(*past->FindLast(0, 3), kEventsPerRecord + 1);
  EXPECT_EQ(*past->FindLast(0, 6), 0);
  EXPECT_EQ(*past->FindLast(0, 100), 0);
}

TEST_F(RetainedTopicTest, PassesOverWhatNoLogHasWritten) {
  Append({{"1"}});
  ASSERT_TRUE(WriteRecords(SharedKafka().bootstrap(), options_.topic,
                           {{.value = "no batch"}})
                  .ok());
  Append({{"2"}});
  const auto past = Open();
  const auto reader = past->Read({});
  EXPECT_EQ(ReadAll(*reader).size(), 2u);
  EXPECT_EQ(reader->unreadable_stretches(), 1u);
}

TEST_F(RetainedTopicTest, StopsAtARecordOfANewerVersion) {
  Append({{"1"}});
  ASSERT_TRUE(
      WriteRecords(
          SharedKafka().bootstrap(), options_.topic,
          {{.value = "x",
            .headers = {{kLogRecordHeader, Cat(kLogRecordVersion + 1)}}}})
          .ok());
  const auto past = Open();
  const auto reader = past->Read({});
  EXPECT_TRUE((*reader->Next()).has_value());
  EXPECT_EQ(reader->Next().status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RetainedTopicTest, StopsAtARecordOfAnotherPipeline) {
  options_.pipeline = "orders";
  Append({{"1"}});
  options_.pipeline = "billing";
  const auto past = Open();
  const absl::Status refused = past->Read({})->Next().status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("'orders'"));
}

TEST_F(RetainedTopicTest, WantsThePartitionOfAnOffset) {
  options_.create_topic->partitions = 2;
  Append({{"1"}});
  const auto past = Open();
  EXPECT_EQ(past->OffsetName(1, 5), "1/5");
  EXPECT_EQ(past->Split({.from_offset = 5}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(past->Split({.partition = 2}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(past->Split({.partition = 1, .from_offset = 5})->size(), 1u);
  EXPECT_EQ(past->Split({})->size(), 2u);
}

TEST_F(RetainedTopicTest, SaysWhichTopicIsMissing) {
  const absl::Status opened = RetainedTopic::Open(options_).status();
  EXPECT_EQ(opened.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(opened.message()), HasSubstr(options_.topic));
}

}  // namespace
}  // namespace phoenix
