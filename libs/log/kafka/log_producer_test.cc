// What the producer makes of a broker that fails as it is told: librdkafka's
// own.
#include "libs/log/kafka/log_producer.h"

#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/kafka/testing/mock_cluster.h"
#include "libs/log/kafka/log_record.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

class LogProducerTest : public ::testing::Test {
 protected:
  LogProducerTest() {
    cluster_.CreateTopic("log", 4);
    options_.connection = cluster_.connection();
    options_.topic = "log";
    options_.delivery_timeout = absl::Seconds(20);
    topic_ = {.log_name = "log@mock",
              .partitions = 4,
              .max_record_bytes = 100'000,
              .durability = Durability::kOs};
  }

  void Start() {
    producer_.emplace(options_, topic_);
    const absl::Status started = producer_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  struct Appended {
    absl::Status taken;
    Awaited<absl::StatusOr<EventBatchPtr>> done;
  };

  Appended Append(EventBatchPtr batch, uint64_t lane = 0) {
    Appended result;
    result.taken = producer_->Append(
        std::move(batch), lane,
        [done = result.done](auto appended) { done.Set(std::move(appended)); });
    return result;
  }

  // Once the producer has learned what it has to learn.
  Appended AppendWhenRoom(const EventBatchPtr& batch) {
    while (true) {
      Appended appended = Append(batch);
      if (!absl::IsResourceExhausted(appended.taken)) return appended;
      std::this_thread::yield();
    }
  }

  // The broker refuses its next record, as too large.
  void ExpectRefusal(const EventBatchPtr& batch) {
    cluster_.FailNext(MockCluster::kProduce,
                      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
    const auto refused = AppendWhenRoom(batch).done.Get();
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status().code(), absl::StatusCode::kUnavailable);
    EXPECT_TRUE(GetRetryDelay(refused->status()).has_value());
  }

  MockCluster cluster_;
  KafkaLogOptions options_;
  LogTopic topic_;
  std::optional<LogProducer> producer_;
};

TEST_F(LogProducerTest, GivesABatchTheIdentityOfItsRecord) {
  Start();
  for (int64_t i = 0; i < 3; ++i) {
    const auto appended = Append(BatchOf({"a", "b"}), 9).done.Get();
    ASSERT_TRUE(appended.has_value() && appended->ok());
    const BatchIdentity& identity = (**appended)->identity();
    EXPECT_EQ(identity.log, "log@mock");
    EXPECT_EQ(identity.partition, LogProducer::PartitionOf(9, 4));
    EXPECT_EQ(identity.first_offset, FirstEventOf(i));
  }
  EXPECT_EQ(producer_->counts().appended_events, 6u);
  EXPECT_EQ(producer_->counts().queued_bytes, 0u);
}

TEST(LogProducerLaneTest, SpreadsLanesOverAllPartitions) {
  std::set<int32_t> counted;
  std::set<int32_t> hashed;
  for (uint64_t lane = 0; lane < 64; ++lane) {
    counted.insert(LogProducer::PartitionOf(lane, 8));
    hashed.insert(LogProducer::PartitionOf(lane << 40, 8));
    EXPECT_EQ(LogProducer::PartitionOf(lane, 1), 0);
  }
  EXPECT_EQ(counted.size(), 8u);
  EXPECT_EQ(hashed.size(), 8u);
}

TEST_F(LogProducerTest, StoresABatchThatIsTooLargeInParts) {
  Start();
  const std::vector<std::string> payloads(100, std::string(5'000, 'x'));
  const auto appended = Append(BatchOf(payloads)).done.Get();
  ASSERT_TRUE(appended.has_value() && appended->ok());
  EXPECT_EQ((**appended)->identity().first_offset, 0);
  EXPECT_EQ((**appended)->size(), 100u);
  const LogProducer::Counts counts = producer_->counts();
  EXPECT_EQ(counts.appended_batches, 1u);
  EXPECT_GE(counts.records, 6u);
  EXPECT_EQ(producer_->stored_ends()[LogProducer::PartitionOf(0, 4)],
            static_cast<int64_t>(counts.records));
}

TEST_F(LogProducerTest, RefusesAnEventThatNoRecordCanHold) {
  Start();
  const Appended appended =
      Append(BatchOf({"small", std::string(200'000, 'x')}));
  EXPECT_EQ(appended.taken.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(appended.taken.message()),
              HasSubstr("max.message.bytes"));
  EXPECT_EQ(producer_->counts().queued_bytes, 0u);
}

// A topic whose limit nobody may ask for.
TEST_F(LogProducerTest, StoresInSmallerPartsWhatBrokersRefuseAsTooLarge) {
  Start();
  const EventBatchPtr batch =
      BatchOf(std::vector<std::string>(16, std::string(1'000, 'x')));
  // It may have been sent with others; the next time it was alone.
  ExpectRefusal(batch);
  ExpectRefusal(batch);
  const auto stored = AppendWhenRoom(batch).done.Get();
  ASSERT_TRUE(stored.has_value());
  ASSERT_TRUE(stored->ok()) << stored->status();
  EXPECT_GT(producer_->stored_ends()[LogProducer::PartitionOf(0, 4)], 1);
}

TEST_F(LogProducerTest, RefusesAnEventThatBrokersHaveRefusedAlone) {
  Start();
  const EventBatchPtr large = BatchOf({std::string(20'000, 'x')});
  ExpectRefusal(large);
  ExpectRefusal(large);
  const absl::Status refused = AppendWhenRoom(large).taken;
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("max.message.bytes"));
  const auto smaller = Append(BatchOf({std::string(19'000, 'x')})).done.Get();
  ASSERT_TRUE(smaller.has_value());
  EXPECT_TRUE(smaller->ok()) << smaller->status();
}

TEST_F(LogProducerTest, FailsWhatItIsToldToRefuse) {
  Start();
  const Awaited<absl::StatusOr<EventBatchPtr>> done;
  ASSERT_TRUE(producer_
                  ->Refuse(BatchOf({"a"}), "nobody reads it",
                           [done](auto refused) { done.Set(refused); })
                  .ok());
  const auto refused = done.Get();
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status(), absl::UnavailableError("nobody reads it"));
  EXPECT_EQ(producer_->counts().queued_bytes, 0u);
  EXPECT_EQ(producer_->counts().appended_batches, 0u);
}

TEST_F(LogProducerTest, TriesAgainWhatABrokerRefusesForNow) {
  Start();
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                     RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION});
  const auto appended = Append(BatchOf({"a"})).done.Get();
  ASSERT_TRUE(appended.has_value());
  EXPECT_TRUE(appended->ok()) << appended->status();
}

TEST_F(LogProducerTest, SaysSoWhenNoBrokerTakesABatchInTime) {
  options_.delivery_timeout = absl::Seconds(1);
  Start();
  cluster_.SetDown();
  const auto appended = Append(BatchOf({"a"})).done.Get();
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(producer_->counts().failed_batches, 1u);
  EXPECT_THAT(producer_->refuses(), HasSubstr("log 'log'"));
  cluster_.SetUp();
  // Though nothing is appended.
  while (!producer_->refuses().empty()) std::this_thread::yield();
  const auto later = Append(BatchOf({"b"})).done.Get();
  ASSERT_TRUE(later.has_value());
}

// Given up, it would cost the producer its sequence: what else was under way,
// and stored without an answer, would be stored again.
TEST_F(LogProducerTest, KeepsItsPlaceInTheSequenceWhenABatchIsLate) {
  options_.delivery_timeout = absl::Seconds(1);
  Start();
  cluster_.SetDown();
  const auto late = Append(BatchOf({"a"})).done.Get();
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_GT(producer_->counts().queued_bytes, 0u);
  cluster_.SetUp();
  absl::StatusOr<EventBatchPtr> appended = late->status();
  while (!appended.ok()) appended = *Append(BatchOf({"b"})).done.Get();
  // Behind the late one, which nobody is told of again.
  EXPECT_GE((*appended)->identity().first_offset, FirstEventOf(1));
  EXPECT_EQ(producer_->counts().appended_batches, 1u);
}

TEST_F(LogProducerTest, GivesNoAckWhenTheUserMayNotWrite) {
  Start();
  cluster_.FailNext(
      MockCluster::kProduce,
      std::vector(5, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
  const auto appended = Append(BatchOf({"a"})).done.Get();
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(appended->status().message()),
              HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
}

TEST_F(LogProducerTest, BoundsWhatWaitsAndTellsWhenThereIsRoom) {
  options_.max_queued_bytes = 64 << 10;
  Start();
  cluster_.SetDown();
  const EventBatchPtr batch = BatchOf({std::string(20'000, 'x')});
  std::vector<Appended> taken;
  absl::Status refused;
  while (refused.ok()) {
    Appended appended = Append(batch);
    refused = appended.taken;
    if (refused.ok()) taken.push_back(std::move(appended));
    ASSERT_LE(taken.size(), 4u);
  }
  EXPECT_EQ(taken.size(), 3u);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("wait for Kafka"));
  const Awaited<bool> room;
  producer_->WhenRoom([room] { room.Set(true); });
  cluster_.SetUp();
  EXPECT_EQ(room.Get(), true);
  for (const Appended& one : taken) EXPECT_TRUE(one.done.Get()->ok());
}

TEST_F(LogProducerTest, BeginsAnewAfterAFatalError) {
  Start();
  ASSERT_TRUE(Append(BatchOf({"a"})).done.Get()->ok());
  cluster_.FailNext(MockCluster::kProduce,
                    {RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  const auto failed = Append(BatchOf({"b"})).done.Get();
  ASSERT_TRUE(failed.has_value());
  // Whether it was stored or not, what comes next is taken.
  for (int i = 0; i < 3; ++i) {
    const auto appended = Append(BatchOf({"c"})).done.Get();
    ASSERT_TRUE(appended.has_value());
    EXPECT_TRUE(i < 2 || appended->ok()) << appended->status();
  }
}

TEST_F(LogProducerTest, GivesUpWhatWaitsWhenItIsClosed) {
  Start();
  cluster_.SetDown();
  const Appended appended = Append(BatchOf({"a"}));
  producer_->Close();
  const auto done = appended.done.Get(std::chrono::seconds(0));
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Append(BatchOf({"b"})).taken.code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace phoenix
