#include "libs/kafka/group_consumer.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

constexpr absl::Duration kPollTimeout = absl::Milliseconds(10);

class Memory : public GroupConsumer::Listener {
 public:
  void OnAssigned(std::vector<TopicPartition>& partitions) override {
    assigned += partitions.size();
    if (when_assigned) when_assigned();
  }
  void OnRevoked(const std::vector<TopicPartition>& partitions,
                 bool lost) override {
    (lost ? this->lost : revoked) += partitions.size();
  }
  void OnCommitFailed() override {}

  std::function<void()> when_assigned;
  size_t assigned = 0;
  size_t revoked = 0;
  size_t lost = 0;
};

class GroupConsumerTest : public ::testing::Test {
 protected:
  GroupConsumerTest()
      : consumer_({.connection = Connection(), .topics = {"t"}, .group = "g"},
                  memory_) {}

  KafkaConnection Connection() {
    cluster_.CreateTopic("t", 4);
    KafkaConnection connection = cluster_.connection();
    connection.properties["heartbeat.interval.ms"] = "100";
    // Only such a member can be fenced.
    connection.properties["group.instance.id"] = "i";
    return connection;
  }

  void Poll() {
    consumer_.Poll(kPollTimeout, 1, [](const rd_kafka_message_t&) {});
  }

  MockCluster cluster_;
  Memory memory_;
  GroupConsumer consumer_;
};

TEST_F(GroupConsumerTest, GivesBackWhatItWasAssignedWhenItCloses) {
  ASSERT_TRUE(consumer_.Open().ok());
  while (memory_.assigned < 4) Poll();
  EXPECT_TRUE(consumer_.is_admitted());
  consumer_.Close();
  EXPECT_EQ(memory_.revoked, 4);
}

TEST_F(GroupConsumerTest, ClosesBeforeItKnowsItsShare) {
  cluster_.FailNext(MockCluster::kSyncGroup,
                    std::vector<rd_kafka_resp_err_t>(
                        1000, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS));
  ASSERT_TRUE(consumer_.Open().ok());
  while (!consumer_.is_admitted()) Poll();
  consumer_.Close();
  EXPECT_TRUE(consumer_.failed());
  EXPECT_EQ(memory_.assigned, 0);
}

TEST_F(GroupConsumerTest, TellsWhatItHadAsLostWhenItWasFenced) {
  ASSERT_TRUE(consumer_.Open().ok());
  while (memory_.assigned < 4) Poll();
  cluster_.FailNext(MockCluster::kHeartbeat,
                    {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID});
  while (!consumer_.failed()) Poll();
  consumer_.Close();
  EXPECT_EQ(memory_.lost, 4);
  EXPECT_EQ(memory_.revoked, 0);
}

// The answer comes while the client waits for the listener to take its share.
TEST_F(GroupConsumerTest, ClosesWhenItIsFencedAsItTakesItsShare) {
  ASSERT_TRUE(consumer_.Open().ok());
  memory_.when_assigned = [this] {
    cluster_.FailNext(MockCluster::kHeartbeat,
                      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID});
    while (!consumer_.failed()) std::this_thread::yield();
  };
  while (memory_.assigned < 4) Poll();
  consumer_.Close();
  EXPECT_EQ(memory_.lost, 4);
}

TEST_F(GroupConsumerTest, SaysThatItMayNotJoinUntilItMay) {
  cluster_.FailNext(MockCluster::kFindCoordinator,
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  ASSERT_TRUE(consumer_.Open().ok());
  EXPECT_TRUE(consumer_.trouble().ok()) << consumer_.trouble();
  while (consumer_.trouble().ok()) Poll();
  EXPECT_TRUE(absl::IsPermissionDenied(consumer_.trouble()))
      << consumer_.trouble();
  while (!consumer_.is_member()) Poll();
  EXPECT_TRUE(consumer_.trouble().ok()) << consumer_.trouble();
}

TEST_F(GroupConsumerTest, SaysThatItMayNotCommitUntilItMay) {
  ASSERT_TRUE(consumer_.Open().ok());
  while (memory_.assigned < 4 || !consumer_.is_member()) Poll();
  cluster_.FailNext(MockCluster::kOffsetCommit,
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  ASSERT_TRUE(consumer_.Commit({{"t", 0, 5}}, /*wait=*/false).ok());
  while (consumer_.trouble().ok()) Poll();
  EXPECT_TRUE(absl::IsPermissionDenied(consumer_.trouble()))
      << consumer_.trouble();
  ASSERT_TRUE(consumer_.Commit({{"t", 0, 5}}, /*wait=*/false).ok());
  while (!consumer_.trouble().ok()) Poll();
}

TEST_F(GroupConsumerTest, NamesTheOptionOfBrokersThatHaveGone) {
  ASSERT_TRUE(consumer_.Open().ok());
  while (!consumer_.is_member()) Poll();
  cluster_.SetDown();
  while (consumer_.trouble().ok()) Poll();
  EXPECT_THAT(std::string(consumer_.trouble().message()),
              ::testing::StartsWith("`brokers` '127.0.0.1:"));
  cluster_.SetUp();
  while (!consumer_.trouble().ok()) Poll();
}

TEST_F(GroupConsumerTest, FindsTheEndsOfTheTopicsThatAPatternMeans) {
  cluster_.CreateTopic("t1", 1);
  cluster_.CreateTopic("t2", 2);
  cluster_.CreateTopic("u", 1);
  GroupConsumer consumer({.connection = cluster_.connection(),
                          .topics = {"^t[0-9]$", "u"},
                          .group = "g"},
                         memory_);
  ASSERT_TRUE(consumer.Open().ok());
  const auto found = consumer.FindSubscribedEnds(absl::Seconds(10));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(*found, ::testing::UnorderedElementsAre(
                          TopicPartition{"t1", 0}, TopicPartition{"t2", 0},
                          TopicPartition{"t2", 1}, TopicPartition{"u", 0}));
}

}  // namespace
}  // namespace phoenix
