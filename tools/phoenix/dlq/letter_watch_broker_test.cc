// The dead letters that wait in a topic of a real broker, counted.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/kafka/connection.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "tools/phoenix/dlq/letter_watch.h"
#include "tools/phoenix/dlq/topic_letters.h"
#include "tools/phoenix/dlq/topic_testing.h"
#include "tools/phoenix/dlq/waiting_letters.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LetterWatchTest : public testing::Test {
 protected:
  LetterWatchTest() {
    connection_.brokers = SharedKafka().bootstrap();
    EXPECT_TRUE(SharedKafka().CreateTopic(topic_, 1).ok());
  }

  void Fail(const std::vector<std::string>& payloads, int second = 1) {
    KafkaSink::Options options;
    options.producer.connection = connection_;
    options.producer.topic = topic_;
    ASSERT_TRUE(WriteLetters(options, payloads, second).ok());
  }

  // As `phoenix dlq` does, after a replay as by a drop.
  void Remove(const std::string& event) {
    const auto letters = *TopicLetters::Open(connection_, topic_);
    const auto found = letters->Find("weather", event);
    ASSERT_TRUE(found.ok() && found->has_value()) << event;
    ASSERT_EQ(*letters->Remove({&**found, 1}), 1u);
  }

  std::unique_ptr<WaitingLetters> Count(const std::string& pipeline) {
    return std::make_unique<WaitingLetters>(LetterTopic{connection_, topic_},
                                            pipeline);
  }

  KafkaConnection connection_;
  const std::string topic_ = Cat(
      "watch-", testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(LetterWatchTest, CountsWhatWaitsAndFollowsIt) {
  const auto letters = Count("weather");
  EXPECT_EQ(*letters->Count(), 0u);
  Fail({"1", "2", "3"});
  EXPECT_EQ(*letters->Count(), 3u);
  Remove("e1");
  EXPECT_EQ(*letters->Count(), 2u);
  Fail({"1", "2"}, 2);
  EXPECT_EQ(*letters->Count(), 3u) << "e0 as before, e1 once more";
  Remove("e0");
  Remove("e1");
  Remove("e2");
  EXPECT_EQ(*letters->Count(), 0u);
  EXPECT_EQ(*letters->Count(), 0u) << "though nothing has come";
}

TEST_F(LetterWatchTest, FindsTheSameWhenItBeginsAnew) {
  Fail({"1", "2", "3"});
  Remove("e1");
  EXPECT_EQ(*Count("weather")->Count(), 2u);
  EXPECT_EQ(*Count("weather")->Count(), 2u);
  EXPECT_EQ(*Count("another")->Count(), 0u) << "they are of a pipeline";
}

TEST_F(LetterWatchTest, LeavesOutWhatTheTopicHasDeleted) {
  const auto letters = Count("weather");
  Fail({"1", "2", "3"});
  EXPECT_EQ(*letters->Count(), 3u);
  ASSERT_TRUE(DeleteRecords(connection_.brokers, topic_, 0, 2).ok());
  EXPECT_EQ(*letters->Count(), 1u);
  EXPECT_EQ(*Count("weather")->Count(), 1u);
}

TEST_F(LetterWatchTest, PassesOverWhatIsNoLetterAndWhatWasAborted) {
  const auto letters = Count("weather");
  Fail({"1"});
  const std::vector<TestRecord> foreign = {{.value = "no letter"},
                                           {.key = "no end"}};
  ASSERT_TRUE(WriteRecords(connection_.brokers, topic_, foreign).ok());
  ASSERT_TRUE(
      WriteTransaction(connection_.brokers, topic_, foreign, false).ok());
  EXPECT_EQ(*letters->Count(), 1u);
  Fail({"1", "2"}, 2);
  EXPECT_EQ(*letters->Count(), 2u);
}

TEST_F(LetterWatchTest, EndsWhenItIsCancelled) {
  Fail({"1"});
  const auto letters = Count("weather");
  letters->Cancel();
  EXPECT_EQ(letters->Count().status().code(), absl::StatusCode::kCancelled);
}

TEST_F(LetterWatchTest, PublishesWhatIsKnown) {
  Fail({"1", "2"});
  MetricsRegistry registry;
  LetterWatch watch(
      {.topic = {connection_, topic_}, .pipeline = "weather", .sink = "failed"},
      registry, Clock::System());
  const std::string sample =
      "phoenix_dead_letter_waiting_events{component_name=\"failed\","
      "pipeline=\"weather\"} 2\n";
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (registry.Render().find(sample) == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << registry.Render();
    std::this_thread::yield();
  }
}

TEST_F(LetterWatchTest, PublishesNothingThatIsNotKnown) {
  MetricsRegistry registry;
  {
    LetterWatch watch({.topic = {connection_, "no-such-topic"},
                       .pipeline = "weather",
                       .sink = "failed"},
                      registry, Clock::System());
  }
  EXPECT_THAT(registry.Render(), Not(HasSubstr("phoenix_dead_letter")));
}

}  // namespace
}  // namespace phoenix
