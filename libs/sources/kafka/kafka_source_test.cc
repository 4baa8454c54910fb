// What a real broker can't be made to do: librdkafka's own one keeps the source
// waiting while it joins its group.
#include "libs/sources/kafka/kafka_source.h"

#include <optional>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

class KafkaSourceJoinTest : public ::testing::Test {
 protected:
  KafkaSourceJoinTest() {
    cluster_.CreateTopic("t", 2);
    KafkaSourceOptions options;
    options.name = "in";
    options.consumer.connection = cluster_.connection();
    options.consumer.topics = {"t"};
    options.consumer.group = "g";
    options.defaults = {"", "/test", "test", "application/json"};
    source_.emplace(std::move(options), Clock::System());
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

}  // namespace
}  // namespace phoenix
