// Dead letters in a topic of a real broker: as the sink writes them, listed,
// found and removed.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/text.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/rows/event_field.h"
#include "tools/phoenix/dlq/topic_letters.h"
#include "tools/phoenix/dlq/topic_testing.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class TopicLettersTest : public testing::Test {
 protected:
  explicit TopicLettersTest(
      const std::map<std::string, std::string>& settings = {}) {
    connection_.brokers = SharedKafka().bootstrap();
    EXPECT_TRUE(SharedKafka().CreateTopic(topic_, 2, settings).ok());
  }

  // Fails events e0, e1, ... with these payloads at a second, and has the sink
  // write it.
  void Fail(const std::vector<std::string>& payloads, int second = 1,
            RecordEncoder::Format format = RecordEncoder::Format::kBinary) {
    KafkaSink::Options options;
    options.encoder.format = format;
    options.encoder.key = key_;
    options.producer.connection = connection_;
    options.producer.topic = topic_;
    const absl::Status written = WriteLetters(options, payloads, second);
    ASSERT_TRUE(written.ok()) << written;
  }

  std::unique_ptr<LetterStore> Open() {
    auto letters = TopicLetters::Open(connection_, topic_);
    EXPECT_TRUE(letters.ok()) << letters.status();
    return *std::move(letters);
  }

  static std::vector<StoredDeadLetter> All(LetterStore& letters) {
    std::vector<StoredDeadLetter> all;
    for (int64_t after = 0;;) {
      auto page = letters.ReadPage("weather", after);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok() || page->empty()) return all;
      after = page->back().number;
      for (StoredDeadLetter& one : *page) all.push_back(std::move(one));
    }
  }

  std::vector<std::string> Payloads() {
    std::vector<std::string> payloads;
    for (const StoredDeadLetter& one : All(*Open())) {
      payloads.push_back(one.letter.payload);
    }
    std::sort(payloads.begin(), payloads.end());
    return payloads;
  }

  std::optional<EventField> key_;  // Of the records.
  KafkaConnection connection_;
  const std::string topic_ = Cat(
      "dead-", testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(TopicLettersTest, ReadsWhatTheSinkWrites) {
  Fail({"1", "{\"t\": 2}"}, 5);
  const std::vector<StoredDeadLetter> all = All(*Open());
  ASSERT_THAT(all, SizeIs(2));
  const StoredDeadLetter& one =
      all[all[0].letter.payload == "{\"t\": 2}" ? 0 : 1];
  EXPECT_EQ(one.letter.payload, "{\"t\": 2}");
  EXPECT_THAT(one.letter.id, StartsWith("/test#e1#"));
  EXPECT_EQ(one.letter.component, "warm");
  EXPECT_EQ(one.letter.error_code, "INVALID_ARGUMENT");
  EXPECT_EQ(one.letter.revision, "r1");
  EXPECT_EQ(one.letter.time, absl::FromUnixSeconds(5));
  EXPECT_EQ(one.event_type, "test");
  EXPECT_GT(one.number, 0);
}

TEST_F(TopicLettersTest, ReadsStructuredLettersToo) {
  Fail({"1"}, 5, RecordEncoder::Format::kStructured);
  EXPECT_THAT(Payloads(), ElementsAre("1"));
}

TEST_F(TopicLettersTest, MakesOneLetterOfAnEventThatFailsAgain) {
  Fail({"1"}, 1);
  Fail({"1"}, 2);
  const std::vector<StoredDeadLetter> all = All(*Open());
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].letter.attempts, 2);
  EXPECT_EQ(all[0].first_failed, absl::FromUnixSeconds(1));
  EXPECT_EQ(all[0].letter.time, absl::FromUnixSeconds(2));
}

TEST_F(TopicLettersTest, RemembersWhatWasRemoved) {
  Fail({"1", "2", "3"}, 1);
  const auto letters = Open();
  const auto found = letters->Find("weather", "e1");
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ(*letters->Remove({&**found, 1}), 1u);
  EXPECT_THAT(Payloads(), ElementsAre("1", "3"));
  // It fails once more: then it is there once more.
  Fail({"1", "2"}, 2);
  EXPECT_THAT(Payloads(), ElementsAre("1", "2", "3"));
}

TEST_F(TopicLettersTest, FindsALetterByNumberAndIds) {
  Fail({"1", "2"}, 1);
  const auto letters = Open();
  const auto by_event = *letters->Find("weather", "e1");
  ASSERT_TRUE(by_event.has_value());
  EXPECT_EQ(by_event->letter.payload, "2");
  const auto by_number = *letters->Find("weather", Cat(by_event->number));
  ASSERT_TRUE(by_number.has_value());
  EXPECT_THAT(by_number->letter.id, StartsWith("/test#e1#"));
  EXPECT_TRUE(letters->Find("weather", by_number->letter.id)->has_value());
  EXPECT_TRUE(letters->Find("weather", "/test#e0")->has_value());
  EXPECT_FALSE(letters->Find("weather", "e9")->has_value());
}

TEST_F(TopicLettersTest, PassesOverWhatIsNoLetterOfThePipeline) {
  Fail({"1"}, 1);
  ASSERT_TRUE(WriteRecords(connection_.brokers, topic_,
                           {{.value = "no letter"}, {.key = "tombstone"}})
                  .ok());
  EXPECT_THAT(Payloads(), ElementsAre("1"));
  EXPECT_THAT(*Open()->ReadPage("another", 0), IsEmpty());
}

TEST_F(TopicLettersTest, KeepsASecondReplayAwayUntilTheFirstEnds) {
  auto first = Open()->KeepReplaysAway();
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Open()->KeepReplaysAway().status();
  EXPECT_EQ(second.code(), absl::StatusCode::kFailedPrecondition) << second;
  EXPECT_THAT(std::string(second.message()),
              AllOf(StartsWith("another replay of these dead letters is under "
                               "way: topic '"),
                    HasSubstr("held by client 'phoenix of process ")));
  EXPECT_TRUE((*first)->Check().ok());
  first->reset();
  EXPECT_TRUE(Open()->KeepReplaysAway().ok());
}

// As Kafka compacts it, as fast as a broker does.
class CompactedTopicTest : public TopicLettersTest {
 protected:
  CompactedTopicTest()
      : TopicLettersTest({{"cleanup.policy", "compact"},
                          {"segment.ms", "100"},
                          {"min.cleanable.dirty.ratio", "0.01"},
                          {"max.compaction.lag.ms", "100"}}) {
    key_ = *ParseEventField("id");
  }

  // How many records there are of letters, tombstones included.
  int64_t CountRecords() const {
    const auto records = *ReadRecords(connection_.brokers, topic_, 2);
    return std::count_if(
        records.begin(), records.end(),
        [](const TestRecord& record) { return record.key != "filler"; });
  }

  // A segment is closed by the next record behind it, and only what is closed
  // is compacted.
  void AwaitCompaction(int64_t records) {
    // The cleaner of a broker rests 15 s between two rounds.
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (CountRecords() > records) {
      ASSERT_TRUE(WriteRecords(connection_.brokers, topic_,
                               {{.key = "filler", .partition = 0},
                                {.key = "filler", .partition = 1}})
                      .ok());
      ASSERT_LT(std::chrono::steady_clock::now(), end)
          << CountRecords() << " records are left";
    }
  }
};

TEST_F(CompactedTopicTest, KeepsWhatIsLeftAndGivesUpWhatIsGone) {
  ASSERT_NO_FATAL_FAILURE(Fail({"1", "2", "3"}, 1));
  ASSERT_NO_FATAL_FAILURE(Fail({"1"}, 2));
  const auto letters = Open();
  const auto gone = letters->Find("weather", "e1");
  ASSERT_TRUE(gone.ok() && gone->has_value());
  ASSERT_EQ(*letters->Remove({&**gone, 1}), 1u);
  EXPECT_THAT(Payloads(), ElementsAre("1", "3"));
  // Two letters and the tombstone of the third.
  ASSERT_NO_FATAL_FAILURE(AwaitCompaction(3));
  EXPECT_THAT(Payloads(), ElementsAre("1", "3"));
  const auto again = *Open()->Find("weather", "e0");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->letter.time, absl::FromUnixSeconds(2));
  EXPECT_EQ(again->letter.attempts, 1) << "the failure before it is gone";
  // Which sinks have failed nobody knows any more: it begins at the first step.
  EXPECT_GT(again->component_count, 1);
  ASSERT_EQ(*Open()->Remove({&*again, 1}), 1u);
  EXPECT_THAT(Payloads(), ElementsAre("3"));
}

}  // namespace
}  // namespace phoenix
