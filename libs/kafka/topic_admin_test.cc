// What no broker can be made to answer at the moment when a test wants it.
#include "libs/kafka/topic_admin.h"

#include <librdkafka/rdkafka.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CommittedTest : public ::testing::Test {
 protected:
  CommittedTest() {
    cluster_.CreateTopic("log", 2);
    auto conf = MakeKafkaConf(cluster_.connection(), {{"group.id", "group"}});
    client_ = *MakeKafkaClient(RD_KAFKA_CONSUMER, *std::move(conf));
  }

  auto FindCommitted(absl::Duration timeout) {
    return TopicAdmin(*client_, timeout).FindOwnCommitted("log", 2);
  }

  MockCluster cluster_;
  KafkaClientPtr client_;
};

TEST_F(CommittedTest, IsAskedForAgainWhileTheGroupGoesToAnotherBroker) {
  cluster_.FailNext(MockCluster::kOffsetFetch,
                    {RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                     RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                     RD_KAFKA_RESP_ERR_NOT_COORDINATOR});
  const auto committed = FindCommitted(absl::Seconds(30));
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_THAT(*committed, IsEmpty());
}

TEST_F(CommittedTest, SaysSoWhenTheGroupFindsNoBroker) {
  cluster_.FailNext(MockCluster::kOffsetFetch,
                    std::vector(1000, RD_KAFKA_RESP_ERR_NOT_COORDINATOR));
  const auto committed = FindCommitted(absl::Milliseconds(500));
  EXPECT_EQ(committed.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(committed.status().message()), HasSubstr("'log'"));
}

}  // namespace
}  // namespace phoenix
