#include "libs/log/kafka/partition_feed.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/event/batch_codec.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PartitionFeedTest : public ::testing::Test {
 protected:
  // A record of one event whose payload is its offset, or of several.
  void Add(int64_t offset, int events = 1, std::string_view version = "1",
           std::string_view pipeline = "ours") {
    const std::string value =
        std::string(EncodeEventBatch(*BatchOf(std::vector<std::string>(
                                         static_cast<size_t>(events),
                                         std::to_string(offset))))
                        .view());
    feed_.Add({.offset = offset,
               .time = time_,
               .version = version,
               .key = "0",
               .value = value,
               .pipeline = pipeline});
  }

  // The records that can be read now.
  std::vector<int64_t> ReadAll() {
    std::vector<int64_t> records;
    while (true) {
      const auto entry = feed_.Next(reader_);
      if (!entry.ok() || !entry->has_value()) return records;
      records.push_back(RecordOf((*entry)->first_offset));
    }
  }

  void Settle(int64_t record, int events = 1) {
    ASSERT_TRUE(feed_.SetCursor(FirstEventOf(record) + events).ok());
  }

  absl::Time time_;
  const std::shared_ptr<PartitionFeed::Counters> counters_ =
      std::make_shared<PartitionFeed::Counters>();
  PartitionFeed feed_{
      {.log_name = "log", .topic = "topic", .partition = 0, .pipeline = "ours"},
      10,
      counters_};
  uint64_t reader_ = feed_.Rewind(FirstEventOf(10));
};

TEST_F(PartitionFeedTest, GivesRecordsInOrder) {
  for (int64_t offset : {10, 11, 15}) Add(offset);
  EXPECT_GT(feed_.held_bytes(), 0u);
  EXPECT_THAT(ReadAll(), ElementsAre(10, 11, 15));
  EXPECT_EQ(feed_.held_bytes(), 0u);
  EXPECT_EQ(feed_.position(), FirstEventOf(15) + 1);
  EXPECT_EQ(feed_.read_end(), 16);
}

TEST_F(PartitionFeedTest, CommitsWholeRecordsOnly) {
  for (int64_t offset : {10, 11, 12}) Add(offset, 3);
  ReadAll();
  EXPECT_EQ(feed_.final_end(), 10);
  Settle(10, 2);
  EXPECT_EQ(feed_.final_end(), 10);
  Settle(10, 3);
  EXPECT_EQ(feed_.final_end(), 11);
  Settle(12, 3);
  EXPECT_EQ(feed_.final_end(), 13);
  EXPECT_EQ(feed_.cursor(), FirstEventOf(12) + 3);
}

TEST_F(PartitionFeedTest, CommitsNothingThatWasNotRead) {
  Add(10);
  EXPECT_EQ(feed_.SetCursor(FirstEventOf(10) + 1).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(feed_.final_end(), 10);
}

TEST_F(PartitionFeedTest, PassesOverWhatNoLogHasWritten) {
  Add(10);
  feed_.Add(
      {.offset = 11, .time = {}, .version = "", .key = "0", .value = "stray"});
  Add(12);
  EXPECT_THAT(ReadAll(), ElementsAre(10, 12));
  EXPECT_EQ(counters_->corrupt_records, 1u);
  EXPECT_EQ(counters_->corrupt_bytes, 6u);
  Settle(10);
  EXPECT_EQ(feed_.final_end(), 12);
}

TEST_F(PartitionFeedTest, StopsAtARecordOfANewerVersion) {
  Add(10);
  Add(11, 1, "99");
  Add(12);
  EXPECT_THAT(ReadAll(), ElementsAre(10));
  EXPECT_EQ(feed_.Next(reader_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  Settle(10);
  EXPECT_EQ(feed_.final_end(), 11);
}

TEST_F(PartitionFeedTest, StopsAtARecordOfAnotherPipeline) {
  Add(10);
  Add(11, 1, "1", "theirs");
  Add(12);
  EXPECT_THAT(ReadAll(), ElementsAre(10));
  const absl::Status refused = feed_.Next(reader_).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("topic 'topic'"));
  EXPECT_EQ(counters_->corrupt_records, 0u);
  Settle(10);
  EXPECT_EQ(feed_.final_end(), 11);
}

TEST_F(PartitionFeedTest, GoesBackWhereAReaderWants) {
  for (int64_t offset : {10, 11, 12}) Add(offset);
  ReadAll();
  Settle(10);
  EXPECT_FALSE(feed_.rewind().has_value());
  reader_ = feed_.Rewind(FirstEventOf(10));
  EXPECT_EQ(feed_.rewind(), 10);
  Add(13);  // Fetched before it goes back.
  EXPECT_THAT(ReadAll(), ElementsAre());
  feed_.RewindDone();
  for (int64_t offset : {10, 11, 12, 13}) Add(offset);
  EXPECT_THAT(ReadAll(), ElementsAre(10, 11, 12, 13));
  EXPECT_EQ(feed_.final_end(), 11);
  Settle(13);
  EXPECT_EQ(feed_.final_end(), 14);
}

TEST_F(PartitionFeedTest, PassesOverWhatAReaderDoesNotWant) {
  reader_ = feed_.Rewind(FirstEventOf(12));
  EXPECT_FALSE(feed_.rewind().has_value());
  for (int64_t offset : {10, 11, 12, 13}) Add(offset);
  EXPECT_THAT(ReadAll(), ElementsAre(12, 13));
}

TEST_F(PartitionFeedTest, GivesNothingToAReaderThatWasReplaced) {
  Add(10);
  const uint64_t last = std::exchange(reader_, feed_.Rewind(FirstEventOf(10)));
  EXPECT_FALSE(feed_.Next(last)->has_value());
  EXPECT_THAT(ReadAll(), ElementsAre(10));
}

TEST_F(PartitionFeedTest, CallsWhoeverWaitsOnce) {
  int calls = 0;
  feed_.WhenMore(reader_, [&] { ++calls; });
  EXPECT_FALSE(feed_.TakeDueCallback());
  Add(10);
  Add(11);
  EXPECT_EQ(calls, 1);
  feed_.WhenMore(reader_, [&] { ++calls; });
  auto due = feed_.TakeDueCallback();
  ASSERT_TRUE(due);
  due();
  EXPECT_EQ(calls, 2);
}

TEST_F(PartitionFeedTest, GivesNothingOnceItHasEnded) {
  Add(10);
  feed_.End();
  Add(11);
  EXPECT_THAT(ReadAll(), ElementsAre());
  EXPECT_EQ(feed_.held_bytes(), 0u);
}

TEST_F(PartitionFeedTest, NamesItsLogByTheFirstRecordThatComes) {
  EXPECT_EQ(feed_.birth(), std::nullopt);
  Add(9);  // Not wanted.
  EXPECT_EQ(feed_.birth(), std::nullopt);
  time_ = absl::FromUnixMillis(5);
  Add(10);
  time_ = absl::FromUnixMillis(7);
  Add(11);
  // Before it others may be, of any time.
  EXPECT_EQ(feed_.birth(), (PartitionBirth{PartitionBirth::kUnknownRecord, 5}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ((**feed_.Next(reader_)).batch->identity().log, "log#5");
  }
}

TEST_F(PartitionFeedTest, KnowsTheFirstRecordOfAllWhenItBeginsThere) {
  PartitionFeed feed({.log_name = "log",
                      .topic = "topic",
                      .partition = 0,
                      .from_beginning = true},
                     0, counters_);
  feed.Add({.offset = 3,
            .time = absl::FromUnixMillis(5),
            .version = "1",
            .key = "",
            .value = ""});
  EXPECT_EQ(feed.birth(), (PartitionBirth{3, 5}));
}

TEST_F(PartitionFeedTest, KeepsTheBirthThatWasCommitted) {
  const PartitionBirth birth{3, 5};
  PartitionFeed feed(
      {.log_name = "log", .topic = "topic", .partition = 0, .birth = birth}, 10,
      counters_);
  feed.Add({.offset = 10,
            .time = absl::FromUnixMillis(9),
            .version = "1",
            .key = "",
            .value = ""});
  EXPECT_EQ(feed.birth(), birth);
  EXPECT_EQ(feed.next_record(), 11);
}

}  // namespace
}  // namespace phoenix
