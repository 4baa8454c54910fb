// Joining a group that keeps its member waiting, at librdkafka's own broker.
#include "libs/log/kafka/log_consumer.h"

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/kafka/testing/mock_cluster.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogConsumerTest : public ::testing::Test {
 protected:
  LogConsumerTest() {
    cluster_.CreateTopic("t", 2);
    options_.connection = cluster_.connection();
    options_.connection.properties["session.timeout.ms"] = "7000";
    options_.topic = "t";
    options_.group = "g";
  }

  // The group keeps its members from their shares so often.
  void HoldBack(size_t times) {
    cluster_.FailNext(MockCluster::kSyncGroup,
                      std::vector<rd_kafka_resp_err_t>(
                          times, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS));
  }

  MockCluster cluster_;
  KafkaLogOptions options_;
  const LogTopic topic_{.log_name = "t@c", .partitions = 2};
  FakeClock clock_;
  AssignedPartitions partitions_;
};

TEST_F(LogConsumerTest, SaysWhatItWaitsForUntilItHasItsShare) {
  HoldBack(3);
  LogConsumer consumer(options_, topic_, clock_);
  ASSERT_TRUE(consumer.Start(partitions_).ok());
  clock_.Advance(LogConsumer::kUsualJoin);
  while (consumer.WaitsFor().empty()) std::this_thread::yield();
  EXPECT_THAT(consumer.WaitsFor(), HasSubstr("group 'g'"));
  EXPECT_THAT(consumer.WaitsFor(), HasSubstr("session.timeout.ms, 7000"));
  EXPECT_THAT(partitions_.WaitFor(2), SizeIs(2));
  while (!consumer.WaitsFor().empty()) std::this_thread::yield();
}

TEST_F(LogConsumerTest, SaysNothingOfAUsualJoin) {
  LogConsumer consumer(options_, topic_, clock_);
  ASSERT_TRUE(consumer.Start(partitions_).ok());
  EXPECT_THAT(partitions_.WaitFor(2), SizeIs(2));
  EXPECT_THAT(consumer.WaitsFor(), IsEmpty());
}

TEST_F(LogConsumerTest, ClosesWhileItWaits) {
  HoldBack(1000);
  LogConsumer consumer(options_, topic_, clock_);
  ASSERT_TRUE(consumer.Start(partitions_).ok());
  clock_.Advance(LogConsumer::kUsualJoin);
  while (consumer.WaitsFor().empty()) std::this_thread::yield();
  EXPECT_TRUE(consumer.Close().ok());
}

}  // namespace
}  // namespace phoenix
