// The sink that writes each event of a log once, against a real broker.
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "libs/base/failpoint.h"
#include "libs/component/offset_pages.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/sink_suite.h"
#include "libs/component/testing/test_batch.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"
#include "libs/sinks/kafka/testing/broker_destination.h"
#include "libs/sinks/kafka/transactional_sink.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

TransactionalKafkaSink::Options TransactionalOptionsFor(
    const std::string& topic) {
  TransactionalKafkaSink::Options options{.sink = OptionsFor(topic),
                                          .positions_name = "p/" + topic};
  options.sink.producer.transactional_id = "writer-of-" + topic;
  return options;
}

std::unique_ptr<Sink> MakeSink(const std::string& topic) {
  return std::make_unique<TransactionalKafkaSink>(
      TransactionalOptionsFor(topic));
}

const bool kSuite =
    RegisterSinkSuite({.name = "TransactionalKafka", .make_fixture = [] {
                         return std::make_unique<TopicFixture>(MakeSink);
                       }});

// Writes single events that lie so far apart, as those of a log in a Kafka
// topic do, and returns how many were delivered.
int DeliverFarApart(Sink& sink, int events, int64_t apart) {
  int delivered = 0;
  for (int i = 0; i < events; ++i) {
    sink.Write(AllOf(Logged(i * apart, 1)),
               [&delivered](const BatchOutcome& outcome) {
                 if (outcome.at(0) == Outcome::kDelivered) ++delivered;
               });
  }
  sink.Flush();
  return delivered;
}

TEST(TransactionalKafkaSinkTest, WritesEachEventOfALogOnce) {
  const std::string topic = NewTopic();
  {
    TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
    ASSERT_TRUE(sink.Open().ok());
    EXPECT_THAT(Deliver(sink, Logged(0, 3)), Each("delivered"));
    EXPECT_THAT(Deliver(sink, Logged(0, 3)), Each("delivered"));
    EXPECT_THAT(Deliver(sink, Logged(3, 2)), Each("delivered"));
    ASSERT_TRUE(sink.Close().ok());
  }
  // Another process, which is sent again what the log does not know as done.
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, Logged(2, 5)), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 7)));
  EXPECT_THAT(sink.Report(), Contains(HasSubstr("3 events came again")));
}

TEST(TransactionalKafkaSinkTest, WritesOnceWhatCameTwiceInOneTransaction) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder recorders[2];
  for (OutcomeRecorder& recorder : recorders) {
    sink.Write(AllOf(Logged(0, 3)), recorder.Callback());
  }
  sink.Flush();
  for (OutcomeRecorder& recorder : recorders) {
    EXPECT_THAT(recorder.names(), Each("delivered"));
  }
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 3)));
}

TEST(TransactionalKafkaSinkTest, WritesABatchThatAnotherHasOvertaken) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder recorders[2];
  sink.Write(AllOf(Logged(6, 3)), recorders[0].Callback());
  sink.Write(AllOf(Logged(3, 3)), recorders[1].Callback());
  sink.Flush();
  EXPECT_THAT(Deliver(sink, Logged(0, 3)), Each("delivered"));
  EXPECT_THAT(Values(topic),
              ElementsAre("6", "7", "8", "3", "4", "5", "0", "1", "2"));
}

TEST(TransactionalKafkaSinkTest, KeepsAPositionForEachPartitionOfTheLog) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  Deliver(sink, Logged(10, 2, /*partition=*/0));
  Deliver(sink, Logged(5, 2, /*partition=*/1));
  Deliver(sink, Logged(10, 3, /*partition=*/0));
  Deliver(sink, Logged(5, 3, /*partition=*/1));
  EXPECT_THAT(Values(topic), ElementsAre("10", "11", "5", "6", "12", "7"));
}

TEST(TransactionalKafkaSinkTest, SaysHowFarItHasALogOnRecord) {
  const std::string topic = NewTopic();
  const auto options = TransactionalOptionsFor(topic);
  for (const int64_t end : {0, 12}) {
    TransactionalKafkaSink sink(options);
    ASSERT_TRUE(sink.Open().ok());
    EXPECT_EQ(*sink.RecordedEnd({.log = "log", .partition = 0}), end);
    EXPECT_EQ(*sink.RecordedEnd({.log = "log", .partition = 1}), 0);
    Deliver(sink, Logged(10, 2));
    ASSERT_TRUE(sink.Close().ok());
  }
}

// Another route may have them to be written later.
TEST(TransactionalKafkaSinkTest, WritesWhatLiesBetweenRowsThatItHasWritten) {
  const std::string topic = NewTopic();
  const EventBatchPtr batch = Logged(0, 10);
  {
    TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
    ASSERT_TRUE(sink.Open().ok());
    Deliver(sink, BatchView{batch, {0, 9}});
    ASSERT_TRUE(sink.Close().ok());
  }
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, batch), Each("delivered"));
  EXPECT_THAT(Values(topic),
              ElementsAre("0", "9", "1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST(TransactionalKafkaSinkTest, KnowsEveryOtherRowOfALog) {
  constexpr int kRows = 2000;
  const std::string topic = NewTopic();
  const EventBatchPtr batch = Logged(0, kRows);
  Selection even;
  for (uint32_t row = 0; row < kRows; row += 2) even.push_back(row);
  {
    TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
    ASSERT_TRUE(sink.Open().ok());
    Deliver(sink, BatchView{batch, even});
    ASSERT_TRUE(sink.Close().ok());
  }
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, batch), Each("delivered"));
  EXPECT_THAT(Values(topic), UnorderedElementsAreArray(Numbers(0, kRows)));
}

TEST(TransactionalKafkaSinkTest, KnowsEventsThatLieFarApart) {
  constexpr int kEvents = 1000;
  const std::string topic = NewTopic();
  for (int run = 0; run < 2; ++run) {
    TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
    ASSERT_TRUE(sink.Open().ok());
    EXPECT_EQ(DeliverFarApart(sink, kEvents, 65'536), kEvents);
    ASSERT_TRUE(sink.Close().ok());
  }
  EXPECT_THAT(Values(topic), SizeIs(kEvents));
}

TEST(TransactionalKafkaSinkTest, RejectsWhatItHasForgotten) {
  constexpr int kPages = OffsetPages::kMaxPages + OffsetPages::kMaxNewPages + 1;
  const std::string topic = NewTopic();
  {
    TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
    ASSERT_TRUE(sink.Open().ok());
    EXPECT_EQ(DeliverFarApart(sink, kPages, OffsetPages::kPageOffsets), kPages);
    // Of at most kMaxOpenPages each.
    EXPECT_THAT(sink.Report(), Contains(HasSubstr("in 7 transactions")));
    EXPECT_THAT(Deliver(sink, Logged(1, 1)), Each("rejected"));
    ASSERT_TRUE(sink.Close().ok());
  }
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, Logged(1, 1)), Each("rejected"));
  EXPECT_THAT(Values(topic), SizeIs(kPages));
}

TransactionalKafkaSink::Options OtherProcess(const std::string& topic) {
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(topic);
  options.sink.producer.transactional_id += "-2";
  return options;
}

TEST(TransactionalKafkaSinkTest, KnowsWhatAnotherWroteWhileAPartitionWasAway) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink one(TransactionalOptionsFor(topic));
  TransactionalKafkaSink other(OtherProcess(topic));
  ASSERT_TRUE(one.Open().ok());
  ASSERT_TRUE(other.Open().ok());
  EXPECT_THAT(Deliver(one, Logged(0, 3, 0, /*tenure=*/1)), Each("delivered"));
  EXPECT_THAT(Deliver(other, Logged(0, 5, 0, /*tenure=*/2)), Each("delivered"));
  EXPECT_THAT(Deliver(one, Logged(0, 6, 0, /*tenure=*/3)), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 6)));
}

// The transaction that is open has rows of the last tenure: it ends first.
TEST(TransactionalKafkaSinkTest, GetsAPartitionBackWithinATransaction) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  OutcomeRecorder before;
  sink.Write(AllOf(Logged(0, 3, 0, /*tenure=*/1)), before.Callback());
  EXPECT_THAT(Deliver(sink, Logged(0, 6, 0, /*tenure=*/2)), Each("delivered"));
  EXPECT_THAT(before.names(), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 6)));
}

TEST(TransactionalKafkaSinkTest, WaitsForATransactionThatIsStillOpen) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink one(TransactionalOptionsFor(topic));
  TransactionalKafkaSink other(OtherProcess(topic));
  ASSERT_TRUE(one.Open().ok());
  ASSERT_TRUE(other.Open().ok());
  OutcomeRecorder open;
  one.Write(AllOf(Logged(0, 3)), open.Callback());
  EXPECT_THAT(Deliver(other, Logged(0, 3)), Each("retry"));
  one.Flush();
  EXPECT_THAT(open.names(), Each("delivered"));
  EXPECT_THAT(Deliver(other, Logged(0, 3)), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 3)));
}

TEST(TransactionalKafkaSinkTest, LeavesNothingOpenWhenAllRowsAreRefused) {
  const std::string topic = NewName();
  ASSERT_TRUE(
      Broker().CreateTopic(topic, 1, {{"max.message.bytes", "2000"}}).ok());
  TransactionalKafkaSink one(TransactionalOptionsFor(topic));
  TransactionalKafkaSink other(OtherProcess(topic));
  ASSERT_TRUE(one.Open().ok());
  ASSERT_TRUE(other.Open().ok());
  auto columns = MakeBatch({std::string(5000, 'x')})->columns();
  columns.identity = {.log = "log", .first_offset = 0};
  EXPECT_THAT(Deliver(one, std::make_shared<const EventBatch>(columns)),
              Each("rejected"));
  EXPECT_THAT(Deliver(other, Logged(0, 3)), Each("delivered"));
}

TEST(TransactionalKafkaSinkTest, CreatesACompactedTopicForItsPositions) {
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(NewTopic());
  options.positions_topic = NewName();
  for (int run = 0; run < 2; ++run) {
    TransactionalKafkaSink sink(options);
    ASSERT_TRUE(sink.Open().ok());
  }
  auto conf = MakeKafkaConf(options.sink.producer.connection, {});
  ASSERT_TRUE(conf.ok());
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  ASSERT_TRUE(client.ok());
  const auto policy =
      TopicAdmin(**client, absl::Seconds(30))
          .TopicSetting(options.positions_topic, "cleanup.policy");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(*policy, "compact");
}

TEST(TransactionalKafkaSinkTest, RefusesATopicForPositionsThatIsNotCompacted) {
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(NewTopic());
  options.positions_topic = NewTopic();
  TransactionalKafkaSink sink(options);
  const absl::Status opened = sink.Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()),
              HasSubstr("is 'delete', expected 'compact'"));
}

TEST(TransactionalKafkaSinkTest, AbortsWhenTheBrokerRefusesOneRecord) {
  const std::string topic = NewName();
  ASSERT_TRUE(
      Broker().CreateTopic(topic, 1, {{"max.message.bytes", "2000"}}).ok());
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(topic);
  // The client is not to notice.
  options.sink.producer.connection.properties["message.max.bytes"] = "100000";
  options.sink.producer.connection.properties["batch.num.messages"] = "1";
  TransactionalKafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  const EventBatchPtr batch =
      MakeBatch({std::string("1"), std::string(5000, 'x'), std::string("3")});
  OutcomeRecorder recorder;
  sink.Write(AllOf(batch), recorder.Callback());
  sink.Flush();
  EXPECT_THAT(recorder.names(), ElementsAre("retry", "rejected", "retry"));
  // What was in its transaction was not tried: it is not to be given up.
  for (const OutcomeDetail& detail : recorder.outcome().details()) {
    EXPECT_EQ(IsHeldBack(detail.status), detail.row != 1) << detail.row;
  }
  EXPECT_THAT(Values(topic), IsEmpty());
  OutcomeRecorder again;
  sink.Write({batch, {0, 2}}, again.Callback());
  sink.Flush();
  EXPECT_THAT(again.names(), ElementsAre("delivered", "pending", "delivered"));
  EXPECT_THAT(Values(topic), ElementsAre("1", "3"));
}

TEST(TransactionalKafkaSinkTest, WritesOnceToATopicThatTakesLessThanItDid) {
  for (const bool may_look : {true, false}) {
    const std::string topic = NewTopic();
    TransactionalKafkaSink::Options options = TransactionalOptionsFor(topic);
    if (!may_look) options.sink.producer.max_record_bytes = 1'000'000;
    TransactionalKafkaSink sink(options);
    ASSERT_TRUE(sink.Open().ok());
    SetMaxMessageBytes(topic, 1000);
    DeliverAll(sink, {AllOf(Logged(0, 300))});
    DeliverAll(sink, {AllOf(Logged(0, 600))});
    EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 600)));
  }
}

// What is told of a transaction that fails at `failpoint`; then it is written
// once, and what follows goes on.
void FailOnceAt(const std::string& failpoint) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink sink(TransactionalOptionsFor(topic));
  ASSERT_TRUE(sink.Open().ok());
  EXPECT_THAT(Deliver(sink, Logged(0, 3)), Each("delivered"));
  {
    ScopedFailpoints fail(failpoint + "=error@1");
    EXPECT_THAT(Deliver(sink, Logged(3, 3)), Each("retry"));
    EXPECT_EQ(FailpointHits(failpoint), 1u);
  }
  EXPECT_THAT(Deliver(sink, Logged(3, 5)), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 8)));
}

TEST(TransactionalKafkaSinkTest, WritesOnceWhatMayHaveBeenCommitted) {
  FailOnceAt("kafka.commit.before_answer");
}

TEST(TransactionalKafkaSinkTest, WritesAgainWhatWasNotCommitted) {
  FailOnceAt("kafka.commit.before_positions");
  FailOnceAt("kafka.commit.before_send");
}

TEST(TransactionalKafkaSinkTest, FencesOffAProcessThatTheNextOneReplaces) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink old(TransactionalOptionsFor(topic));
  ASSERT_TRUE(old.Open().ok());
  OutcomeRecorder stuck;
  old.Write(AllOf(Logged(0, 3)), stuck.Callback());

  TransactionalKafkaSink next(TransactionalOptionsFor(topic));
  ASSERT_TRUE(next.Open().ok());
  EXPECT_THAT(Deliver(next, Logged(0, 3)), Each("delivered"));
  old.Flush();
  EXPECT_THAT(stuck.names(), Each("retry"));
  // It comes back, and finds that all has been written.
  EXPECT_THAT(Deliver(old, Logged(0, 3)), Each("delivered"));
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 3)));
}

TEST(TransactionalKafkaSinkTest, BeginsAnewWhenATransactionTookTooLong) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(topic);
  options.sink.producer.delivery_timeout = absl::Seconds(5);
  options.sink.producer.transaction_timeout = absl::Seconds(5);
  const std::string& id = options.sink.producer.transactional_id;
  TransactionalKafkaSink sink(options);
  ASSERT_TRUE(sink.Open().ok());
  DeliverAll(sink, {AllOf(Logged(0, 3))});
  const int before = Broker().TimedOutTransactions(id);
  OutcomeRecorder stuck;
  sink.Write(AllOf(Logged(3, 3)), stuck.Callback());
  while (Broker().TimedOutTransactions(id) == before) {
    std::this_thread::yield();
  }
  sink.Flush();
  EXPECT_THAT(stuck.names(), Each("retry"));
  DeliverAll(sink, {AllOf(Logged(3, 3))});
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, 6)));
}

TEST(TransactionalKafkaSinkTest, WritesOnceAndInOrderWhenTheBrokerIsKilled) {
  const std::string topic = NewTopic();
  TransactionalKafkaSink::Options options = TransactionalOptionsFor(topic);
  options.sink.producer.delivery_timeout = absl::Seconds(5);
  TransactionalKafkaSink sink(options);
  DeliverThroughARestart(sink);
  EXPECT_THAT(Values(topic), ElementsAreArray(Numbers(0, kRestartedRows)));
}

}  // namespace
}  // namespace phoenix
