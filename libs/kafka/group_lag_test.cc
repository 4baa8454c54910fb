#include "libs/kafka/group_lag.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/kafka/testing/mock_cluster.h"
#include "libs/kafka/topic_writer.h"

namespace phoenix {
namespace {

class Nobody : public GroupConsumer::Listener {
 public:
  void OnAssigned(std::vector<TopicPartition>&) override {}
  void OnRevoked(const std::vector<TopicPartition>&, bool) override {}
  void OnCommitFailed() override {}
};

// A member that has fetched nothing, and so knows nothing by itself.
class GroupLagTest : public ::testing::Test {
 protected:
  GroupLagTest()
      : consumer_({.connection = Connection(), .topics = {"t"}, .group = "g"},
                  nobody_) {
    EXPECT_TRUE(consumer_.Open().ok());
  }

  KafkaConnection Connection() {
    cluster_.CreateTopic("t", 2);
    return cluster_.connection();
  }

  void Write(int32_t partition, int count) {
    const auto writer = TopicWriter::Create(cluster_.connection(), "t");
    ASSERT_TRUE(writer.ok()) << writer.status();
    const std::vector<TopicRecord> records(
        count, {.partition = partition, .key = "k", .value = "v"});
    const absl::Status written = (*writer)->Write(records);
    ASSERT_TRUE(written.ok()) << written;
  }

  void Ask() { lag_.AskIfDue({{"t", 0, 0}, {"t", 1, 0}}); }

  MockCluster cluster_;
  Nobody nobody_;
  FakeClock clock_;
  GroupConsumer consumer_;
  GroupLag lag_{consumer_, clock_};
};

TEST_F(GroupLagTest, IsWhatLiesBetweenAPositionAndTheEnd) {
  Write(0, 7);
  Write(1, 3);
  EXPECT_EQ(lag_.LagOf({"t", 0, 2}), 0);
  Ask();
  EXPECT_EQ(lag_.LagOf({"t", 0, 2}), 5);
  EXPECT_EQ(lag_.LagOf({"t", 1, 0}), 3);
  EXPECT_EQ(lag_.MarksOf({"t", 1}).high, 3);
  EXPECT_EQ(lag_.LagOf({"t", 0, 8}), 0);
  EXPECT_EQ(lag_.LagOf({"t", 0, -1}), 0);
  EXPECT_EQ(lag_.LagOf({"t", 2, 0}), 0);
}

TEST_F(GroupLagTest, IsAskedForWhenItIsTime) {
  Ask();
  Write(0, 7);
  clock_.Advance(GroupLag::kInterval - absl::Nanoseconds(1));
  Ask();
  EXPECT_EQ(lag_.LagOf({"t", 0, 0}), 0);
  clock_.Advance(absl::Nanoseconds(1));
  Ask();
  EXPECT_EQ(lag_.LagOf({"t", 0, 0}), 7);
  Write(0, 1);
  lag_.AskSoon();
  Ask();
  EXPECT_EQ(lag_.LagOf({"t", 0, 0}), 8);
}

TEST_F(GroupLagTest, StaysAsItWasWithoutAnAnswer) {
  Write(0, 7);
  Ask();
  cluster_.SetDown();
  lag_.AskSoon();
  Ask();
  EXPECT_EQ(lag_.LagOf({"t", 0, 0}), 7);
}

}  // namespace
}  // namespace phoenix
