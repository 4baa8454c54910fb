#include "tools/phoenix/stream_watch.h"

#include <future>
#include <utility>

#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"

namespace phoenix {
namespace {

constexpr int64_t kCreditBytes = 1 << 20;

// Keeps the one batch that it is given.
class KeepingHandler : public flow::BatchHandler {
 public:
  void Handle(BatchView view, SettleCallback settle) override {
    view_ = std::move(view);
    settle_ = std::move(settle);
    handled_.set_value();
  }
  void Await() { handled_.get_future().wait(); }
  void Settle() {
    settle_(BatchOutcome(view_.batch->size(), Outcome::kDelivered));
  }

 private:
  std::promise<void> handled_;
  BatchView view_;
  SettleCallback settle_;
};

class StreamWatchTest : public ::testing::Test {
 protected:
  StreamWatchTest() { watch_.Add("sink", "archive", sender_); }

  double Look(const MetricSpec& metric) {
    watch_.Publish();
    return registry_.Snapshot().Sum(
        metric, {{label::kPeerService, "sink"}, {label::kPeerName, "archive"}});
  }

  MetricsRegistry registry_;
  StreamWatch watch_{registry_};
  KeepingHandler handler_;
  flow::Lane lane_{{.name = "lane"}, Clock::System()};
  std::shared_ptr<flow::Receiver> receiver_ = flow::Receiver::Create(
      {.credit = {.bytes = kCreditBytes, .count = 4}}, {handler_, lane_, "1"});
  flow::InProcessConnector connector_{receiver_, lane_};
  std::shared_ptr<flow::Sender> sender_ = flow::Sender::Create(
      {}, {connector_, lane_, Clock::System(), /*random_seed=*/1});
};

TEST_F(StreamWatchTest, ShowsWhatIsOnTheWay) {
  const BatchView view = WholeView(JsonBatch({"1"}));
  const auto bytes = static_cast<double>(view.memory_bytes());
  ASSERT_TRUE(sender_->Offer(BatchView(view), [](const BatchOutcome&) {}).ok());
  handler_.Await();
  EXPECT_EQ(Look(metric::kStreamSentBatches), 1);
  EXPECT_EQ(Look(metric::kStreamInFlightBatches), 1);
  EXPECT_EQ(Look(metric::kStreamInFlightBytes), bytes);
  EXPECT_EQ(Look(metric::kStreamAvailableCreditBytes), kCreditBytes - bytes);
  handler_.Settle();
  EXPECT_EQ(Look(metric::kStreamSentBatches), 1);
  EXPECT_EQ(Look(metric::kStreamInFlightBatches), 0);
  EXPECT_EQ(Look(metric::kStreamAvailableCreditBytes), kCreditBytes);
}

TEST_F(StreamWatchTest, DoesNotCallTheFirstConnectionAReconnect) {
  EXPECT_EQ(Look(metric::kStreamReconnects), 0);
  EXPECT_EQ(Look(metric::kStreamResentBatches), 0);
}

}  // namespace
}  // namespace phoenix
