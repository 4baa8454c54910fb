#include "libs/kafka/group_consumer.h"

#include <vector>

#include "gtest/gtest.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

constexpr absl::Duration kPollTimeout = absl::Milliseconds(10);

class Memory : public GroupConsumer::Listener {
 public:
  void OnAssigned(std::vector<TopicPartition>& partitions) override {
    assigned += partitions.size();
  }
  void OnRevoked(const std::vector<TopicPartition>& partitions,
                 bool lost) override {
    if (!lost) revoked += partitions.size();
  }
  void OnCommitFailed() override {}

  size_t assigned = 0;
  size_t revoked = 0;
};

class GroupConsumerTest : public ::testing::Test {
 protected:
  GroupConsumerTest()
      : consumer_({.connection = Connection(), .topics = {"t"}, .group = "g"},
                  memory_) {}

  KafkaConnection Connection() {
    cluster_.CreateTopic("t", 4);
    return cluster_.connection();
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

}  // namespace
}  // namespace phoenix
