// The sink against a real broker: the contract of sinks, and what a broker does
// that no double does.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/kafka/topic_keeper.h"
#include "libs/sinks/kafka/kafka_sink.h"
#include "libs/sinks/kafka/testing/broker_destination.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::unique_ptr<Sink> MakeSink(const std::string& topic) {
  KafkaSink::Options options = OptionsFor(topic);
  options.producer.delivery_timeout = absl::Seconds(2);
  return std::make_unique<KafkaSink>(options);
}

const bool kSuite = RegisterSinkSuite(
    {.name = "Kafka",
     .make_fixture = [] { return std::make_unique<TopicFixture>(MakeSink); },
     .can_break = true});

TEST(KafkaSinkOnABrokerTest, SaysThatTheTopicIsMissing) {
  KafkaSink sink(OptionsFor("nowhere"));
  const absl::Status opened = sink.Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("`create_topic`"));
}

TEST(KafkaSinkOnABrokerTest, SaysThatTheTopicWasDeletedMeanwhile) {
  KafkaSink::Options options = OptionsFor(NewTopic());
  options.producer.delivery_timeout = absl::Seconds(2);
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, MakeBatch({std::string("1")})),
              ElementsAre("delivered"));
  options.producer.create_topic.emplace().delete_at_end = true;
  KafkaSink deleter(options);
  ASSERT_TRUE(deleter.Open().ok());
  ASSERT_TRUE(deleter.Close().ok());
  OutcomeRecorder recorder;
  sink.Write(AllOf(MakeBatch({std::string("2")})), recorder.Callback());
  sink.Flush();
  ASSERT_THAT(recorder.names(), ElementsAre("retry"));
  EXPECT_THAT(recorder.outcome().details().at(0).status.ToString(),
              HasSubstr("does not exist any more"));
}

TEST(KafkaSinkOnABrokerTest, CreatesTheTopicAsTheFileAsks) {
  const std::string topic = NewName();
  KafkaSink::Options options = OptionsFor(topic);
  options.producer.create_topic =
      TopicWish{.shape = {.name = topic,
                          .partitions = 3,
                          .config = {{"max.message.bytes", "2000"}}}};
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Values(topic, 3), IsEmpty());

  // Another that wants more partitions adds them.
  options.producer.create_topic->shape.partitions = 5;
  options.producer.create_topic->add_partitions = true;
  KafkaSink other(options);
  ASSERT_TRUE(other.Open().ok());
  EXPECT_THAT(Values(topic, 5), IsEmpty());
}

TEST(KafkaSinkOnABrokerTest, RefusesARecordByTheTopicsOwnLimit) {
  const std::string topic = NewName();
  KafkaSink::Options options = OptionsFor(topic);
  options.producer.create_topic =
      TopicWish{.shape = {.name = topic,
                          .partitions = 1,
                          .config = {{"max.message.bytes", "2000"}}}};
  // Small ones together are more than the topic takes at once.
  for (int i = 0; i < 2; ++i) {
    KafkaSink sink(options);
    ASSERT_TRUE(sink.Open().ok());
    const EventBatchPtr batch =
        MakeBatch({std::string(900, 'a'), std::string(3000, 'b'),
                   std::string(900, 'c'), std::string(900, 'd')});
    EXPECT_THAT(Deliver(sink, batch),
                ElementsAre("delivered", "rejected", "delivered", "delivered"));
  }
  EXPECT_THAT(Values(topic), SizeIs(6));
}

// Numbers with so much behind them that they have 500 bytes.
EventBatchPtr PaddedNumbers(int count) {
  std::vector<std::string> payloads = Numbers(0, count);
  for (std::string& payload : payloads) payload.resize(500, ' ');
  return MakeBatch(payloads);
}

// In order, as they arrived.
std::vector<std::string> ArrivedNumbers(const std::string& topic) {
  std::vector<std::string> numbers = Values(topic);
  for (std::string& number : numbers) {
    number.resize(std::min(number.find(' '), number.size()));
  }
  return numbers;
}

TEST(KafkaSinkOnABrokerTest,
     SendsSmallerBatchesToATopicThatTakesLessThanItDid) {
  const std::string topic = NewTopic();
  KafkaSink sink(OptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  SetMaxMessageBytes(topic, 10'000);
  DeliverAll(sink, {AllOf(PaddedNumbers(100))});
  EXPECT_THAT(ArrivedNumbers(topic), ElementsAreArray(Numbers(0, 100)));
  OutcomeRecorder recorder;
  sink.Write(AllOf(MakeBatch({std::string("1"), std::string(20'000, 'x'),
                              std::string("2")})),
             recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "rejected", "delivered"));
  EXPECT_THAT(recorder.outcome().details().at(0).status.ToString(),
              HasSubstr("record has '20000' bytes, topic '" + topic +
                        "' takes at most '10000'"));
}

// Makes a topic that takes 10,000 bytes at once, and nobody tells the sink.
KafkaSink::Options OptionsForUnknownLimit(const std::string& topic) {
  const absl::Status created =
      Broker().CreateTopic(topic, 1, {{"max.message.bytes", "10000"}});
  EXPECT_TRUE(created.ok()) << created;
  KafkaSink::Options options = OptionsFor(topic);
  options.producer.max_record_bytes = 1'000'000;
  options.producer.connection.properties["batch.size"] = "900000";
  return options;
}

TEST(KafkaSinkOnABrokerTest, FindsOutWhatATopicTakesThatItMayNotLookAt) {
  const std::string topic = NewName();
  KafkaSink sink(OptionsForUnknownLimit(topic));
  ASSERT_TRUE(sink.Open().ok());
  DeliverAll(sink, {AllOf(PaddedNumbers(100))});
  EXPECT_THAT(ArrivedNumbers(topic), ElementsAreArray(Numbers(0, 100)));
  // In the end there is but the one that is too large alone.
  const EventBatchPtr batch =
      MakeBatch({std::string("1"), std::string(20'000, 'x'), std::string("2")});
  OutcomeRecorder recorder;
  sink.Write(AllOf(batch), recorder.Callback());
  sink.Flush();
  EXPECT_EQ(recorder.names().at(1), "rejected");
  EXPECT_THAT(recorder.outcome().details().at(0).status.ToString(),
              HasSubstr("record has '20000' bytes, topic '" + topic +
                        "' takes fewer (its max.message.bytes)"));
}

TEST(KafkaSinkOnABrokerTest, DoesNotGiveUpWhatWasInABatchThatIsTooLarge) {
  KafkaSink sink(OptionsForUnknownLimit(NewName()));
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder recorder;
  sink.Write(AllOf(PaddedNumbers(100)), recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(), Each("retry"));
  EXPECT_TRUE(IsHeldBack(recorder.outcome().details().at(0).status));
}

TEST(KafkaSinkOnABrokerTest, KeepsEventsOfOneKeyInOnePartition) {
  const std::string topic = NewTopic(4);
  KafkaSink::Options options = OptionsFor(topic);
  options.encoder.key = ParseEventField("subject");
  options.producer.compression = "zstd";
  KafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  std::vector<TestEvent> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back({.payload = std::to_string(i),
                      .subject = "key-" + std::to_string(i % 7)});
  }
  EXPECT_THAT(Deliver(sink, MakeBatch(events)), Each("delivered"));
  const auto records = ReadRecords(Broker().bootstrap(), topic, 4);
  ASSERT_TRUE(records.ok());
  ASSERT_THAT(*records, SizeIs(100));
  std::map<std::string, std::pair<int, int>> last;  // Partition and number.
  for (const TestRecord& record : *records) {
    const int number = std::stoi(*record.value);
    const auto [entry, is_new] =
        last.try_emplace(*record.key, record.partition, number);
    EXPECT_EQ(entry->second.first, record.partition);
    EXPECT_TRUE(is_new || entry->second.second < number);
    entry->second.second = number;
  }
  EXPECT_THAT(last, SizeIs(7));
}

TEST(KafkaSinkOnABrokerTest, LosesNothingWhenTheBrokerIsKilled) {
  const std::string topic = NewTopic();
  KafkaSink::Options options = OptionsFor(topic);
  options.producer.delivery_timeout = absl::Seconds(5);
  KafkaSink sink(options);
  DeliverThroughARestart(sink);
  std::vector<std::string> values = Values(topic);
  EXPECT_GE(values.size(), size_t{kRestartedRows});
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  EXPECT_THAT(values, SizeIs(kRestartedRows));
}

}  // namespace
}  // namespace phoenix
