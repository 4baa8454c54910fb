// A member of the log's group that brokers put out, at librdkafka's own broker:
// whatever they answer, it comes back, and all that is appended is handed on.
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/kafka/testing/mock_cluster.h"
#include "libs/log/kafka/log_consumer.h"
#include "libs/log/kafka/log_producer.h"
#include "libs/log/testing/log_client.h"

namespace phoenix {
namespace {

constexpr int kPartitions = 2;

// Reads what is assigned, and takes it for final at once.
class Settler : public PartitionListener {
 public:
  void ReadFrom(LogConsumer& consumer) { consumer_ = &consumer; }

  absl::Status OnAssigned(int32_t partition) override {
    auto reader = consumer_->Read(partition, *consumer_->cursor(partition));
    if (!reader.ok()) return reader.status();
    MutexLock lock(mutex_);
    readers_[partition] = *std::move(reader);
    return absl::OkStatus();
  }

  void OnRevoked(const std::vector<int32_t>& partitions,
                 absl::Duration) override {
    MutexLock lock(mutex_);
    for (const int32_t partition : partitions) readers_.erase(partition);
    ++losses_;
    changed_.NotifyAll();
  }

  void WaitForLoss() {
    MutexLock lock(mutex_);
    while (losses_ == 0) changed_.Wait(mutex_);
  }

  // Until so many different events have come, or the deadline has passed.
  size_t WaitFor(size_t count) {
    const auto end = std::chrono::steady_clock::now() + kTestDeadline;
    MutexLock lock(mutex_);
    while (seen_.size() < count && std::chrono::steady_clock::now() < end) {
      if (!ReadOnce()) changed_.WaitFor(mutex_, std::chrono::milliseconds(1));
    }
    return seen_.size();
  }

 private:
  bool ReadOnce() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    bool any = false;
    for (auto& [partition, reader] : readers_) {
      auto entry = reader->Next();
      if (!entry.ok() || !entry->has_value()) continue;
      any = true;
      seen_.emplace((*entry)->batch->payload(0));
      consumer_->SetCursor(partition, (*entry)->end_offset()).IgnoreError();
    }
    return any;
  }

  LogConsumer* consumer_ = nullptr;
  Mutex mutex_;
  CondVar changed_;
  std::map<int32_t, std::unique_ptr<LogReader>> readers_
      ABSL_GUARDED_BY(mutex_);
  std::set<std::string> seen_ ABSL_GUARDED_BY(mutex_);
  int losses_ ABSL_GUARDED_BY(mutex_) = 0;
};

struct Refusal {
  std::string name;
  int16_t request = 0;
  std::vector<rd_kafka_resp_err_t> errors;  // In turn.
  bool rebalances = false;                  // The group is to join anew.
  bool is_static = false;                   // Only such a member is fenced.
};

class LogRecoveryTest : public ::testing::TestWithParam<Refusal> {
 protected:
  LogRecoveryTest() {
    cluster_.CreateTopic("t", kPartitions);
    options_.connection = cluster_.connection();
    options_.connection.properties["session.timeout.ms"] = "3000";
    options_.connection.properties["heartbeat.interval.ms"] = "100";
    if (GetParam().is_static) {
      options_.connection.properties["group.instance.id"] = "i";
    }
    options_.topic = "t";
    options_.group = "g";
    options_.commit_interval = absl::Milliseconds(20);
  }

  void Refuse() {
    cluster_.FailNext(GetParam().request, GetParam().errors);
    if (!GetParam().rebalances) return;
    cluster_.FailNext(MockCluster::kHeartbeat,
                      {RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS});
  }

  static void Append(LogProducer& producer, int first, int count) {
    for (int i = first; i < first + count; ++i) {
      const Awaited<bool> done;
      const absl::Status taken = producer.Append(
          BatchOf({std::to_string(i)}), static_cast<uint64_t>(i),
          [done](const auto& appended) { done.Set(appended.ok()); });
      ASSERT_TRUE(taken.ok()) << taken;
      ASSERT_EQ(done.Get(), true);
    }
  }

  MockCluster cluster_;
  KafkaLogOptions options_;
  const LogTopic topic_{.log_name = "t@c",
                        .partitions = kPartitions,
                        .max_record_bytes = 1 << 20};
};

TEST_P(LogRecoveryTest, HandsOnWhatIsAppendedAfterItWasPutOut) {
  LogProducer producer(options_, topic_);
  ASSERT_TRUE(producer.Start().ok());
  Settler settler;
  LogConsumer consumer(options_, topic_, Clock::System());
  settler.ReadFrom(consumer);
  ASSERT_TRUE(consumer.Start(settler).ok());
  Append(producer, 0, 10);
  ASSERT_EQ(settler.WaitFor(10), 10u);
  Refuse();
  Append(producer, 10, 10);  // So that there is something to commit.
  settler.WaitFor(20);
  settler.WaitForLoss();
  Append(producer, 20, 10);
  EXPECT_EQ(settler.WaitFor(30), 30u);
  EXPECT_TRUE(consumer.Close().ok());
}

constexpr rd_kafka_resp_err_t kGeneration =
    RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION;
constexpr rd_kafka_resp_err_t kMember = RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID;
constexpr rd_kafka_resp_err_t kFenced = RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;

INSTANTIATE_TEST_SUITE_P(
    Refusals, LogRecoveryTest,
    ::testing::Values(Refusal{"CommitOfAnOldGeneration",
                              MockCluster::kOffsetCommit,
                              {kGeneration}},
                      Refusal{"CommitOfAnUnknownMember",
                              MockCluster::kOffsetCommit,
                              {kMember}},
                      Refusal{"HeartbeatOfAnOldGeneration",
                              MockCluster::kHeartbeat,
                              {kGeneration, kGeneration}},
                      Refusal{"HeartbeatOfAnUnknownMember",
                              MockCluster::kHeartbeat,
                              {kMember}},
                      Refusal{"JoinOfAnOldGeneration",
                              MockCluster::kJoinGroup,
                              {kGeneration, kGeneration},
                              /*rebalances=*/true},
                      Refusal{"SyncOfAnUnknownMember",
                              MockCluster::kSyncGroup,
                              {kMember},
                              /*rebalances=*/true},
                      Refusal{"CommitOfAFencedMember",
                              MockCluster::kOffsetCommit,
                              {kFenced},
                              /*rebalances=*/false,
                              /*is_static=*/true},
                      // The second one meets it as it takes its partitions.
                      Refusal{"HeartbeatOfAFencedMember",
                              MockCluster::kHeartbeat,
                              {kFenced, kFenced},
                              /*rebalances=*/false,
                              /*is_static=*/true}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace phoenix
