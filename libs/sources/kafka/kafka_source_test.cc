// What a real broker can't be made to do: librdkafka's own one keeps the source
// waiting while it joins its group.
#include "libs/sources/kafka/kafka_source.h"

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class KafkaSourceJoinTest : public ::testing::Test {
 protected:
  KafkaSourceJoinTest() {
    cluster_.CreateTopic("t", 2);
    source_.emplace(Options(), Clock::System());
  }

  KafkaSourceOptions Options() {
    KafkaSourceOptions options;
    options.name = "in";
    options.consumer.connection = cluster_.connection();
    // Members that went are missed soon.
    options.consumer.connection.properties["session.timeout.ms"] = "6000";
    options.consumer.connection.properties["heartbeat.interval.ms"] = "500";
    options.consumer.topics = {"t"};
    options.consumer.group = "g";
    options.defaults = {"", "/test", "test", "application/json"};
    return options;
  }

  absl::Status AwaitTrouble() {
    while (source_->Health().ok()) std::this_thread::yield();
    return source_->Health();
  }

  void AwaitHealth() {
    while (!source_->Health().ok()) std::this_thread::yield();
  }

  void StartAndStop() {
    ASSERT_TRUE(source_->Start(outlet_).ok());
    source_->StopAccepting();
    source_->Stop();
  }

  MockCluster cluster_;
  FakeOutlet outlet_;
  std::optional<KafkaSource> source_;
};

TEST_F(KafkaSourceJoinTest, StopsRightAfterItsStart) { StartAndStop(); }

TEST_F(KafkaSourceJoinTest, StopsBeforeItKnowsItsShare) {
  cluster_.FailNext(MockCluster::kSyncGroup,
                    std::vector<rd_kafka_resp_err_t>(
                        1000, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS));
  StartAndStop();
}

TEST_F(KafkaSourceJoinTest, SaysThatItsGroupRefusesItUntilItDoesNot) {
  cluster_.FailNext(MockCluster::kFindCoordinator,
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  ASSERT_TRUE(source_->Start(outlet_).ok());
  EXPECT_THAT(std::string(AwaitTrouble().message()),
              HasSubstr("GROUP_AUTHORIZATION_FAILED"));
  AwaitHealth();
  source_->Stop();
}

TEST_F(KafkaSourceJoinTest, TriesToMakeItsTopicsUntilABrokerAnswers) {
  KafkaSourceOptions options = Options();
  options.create_topics.emplace();
  source_.emplace(std::move(options), Clock::System());
  cluster_.SetDown();
  const absl::Status started = source_->Start(outlet_);
  ASSERT_TRUE(started.ok()) << started;
  EXPECT_THAT(std::string(AwaitTrouble().message()), StartsWith("`brokers` '"));
  cluster_.SetUp();
  AwaitHealth();
  source_->Stop();
}

TEST_F(KafkaSourceJoinTest, StopsWhileNoBrokerAnswers) {
  cluster_.SetDown();
  StartAndStop();
  EXPECT_TRUE(source_->Health().ok());
}

TEST_F(KafkaSourceJoinTest, BeginsAnewWhereItDidNotHearWhereItsGroupIs) {
  KafkaSourceOptions options = Options();
  options.from_latest = true;
  source_.emplace(std::move(options), Clock::System());
  cluster_.FailNext(MockCluster::kOffsetCommit,
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  ASSERT_TRUE(source_->Start(outlet_).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(AwaitTrouble()));
  AwaitHealth();
  source_->Stop();
}

}  // namespace
}  // namespace phoenix
