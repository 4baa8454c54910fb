// Instances of one log against a real broker: partitions come and go, and no
// event is lost, out of order, or final without having been handed on.
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "integration/servers/kafka_server.h"
#include "libs/flow/batch_handler.h"
#include "libs/flow/in_process_channel.h"
#include "libs/flow/lane.h"
#include "libs/flow/receiver.h"
#include "libs/flow/sender.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/topic_admin.h"
#include "libs/log/kafka/kafka_log.h"
#include "libs/log/testing/log_client.h"
#include "libs/telemetry/metrics.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "services/ingestor/in_flight_budget.h"
#include "services/ingestor/log_stage.h"

namespace phoenix {
namespace {

constexpr int kPartitions = 4;
constexpr char kTopic[] = "stage-log";

KafkaLogOptions OptionsOf(const KafkaServer& broker) {
  KafkaLogOptions options;
  options.connection.brokers = broker.bootstrap();
  options.connection.properties["session.timeout.ms"] = "6000";
  options.connection.properties["heartbeat.interval.ms"] = "500";
  options.topic = kTopic;
  options.group = "stages";
  options.create_topic = KafkaTopic{.name = kTopic,
                                    .partitions = kPartitions,
                                    .replication_factor = 1,
                                    .config = {}};
  options.commit_interval = absl::Milliseconds(100);
  return options;
}

// What was handed on, by source of events, over all instances.
class Deliveries {
 public:
  void Add(std::string_view payload) {
    const size_t colon = payload.find(':');
    const int number = std::stoi(std::string(payload.substr(colon + 1)));
    MutexLock lock(mutex_);
    Source& source = by_source_[std::string(payload.substr(0, colon))];
    source.all.push_back(number);
    source.distinct.insert(number);
    changed_.NotifyAll();
  }

  // Waits until the source's `count` events are all there, each once or more.
  std::vector<int> WaitFor(const std::string& source, size_t count) {
    MutexLock lock(mutex_);
    while (by_source_[source].distinct.size() < count &&
           changed_.WaitFor(mutex_, kTestDeadline)) {
    }
    return by_source_[source].all;
  }

 private:
  struct Source {
    std::vector<int> all;
    std::set<int> distinct;
  };

  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, Source> by_source_ ABSL_GUARDED_BY(mutex_);
};

class Recorder : public flow::BatchHandler {
 public:
  explicit Recorder(Deliveries& deliveries) : deliveries_(deliveries) {}

  void Handle(BatchView view, SettleCallback settle) override {
    for (const uint32_t row : view.rows) {
      deliveries_.Add(view.batch->payload(row));
    }
    settle(BatchOutcome(view.batch->size(), Outcome::kDelivered));
  }

 private:
  Deliveries& deliveries_;
};

// One process: a log, a lane, and what stands between.
class Process {
 public:
  Process(const KafkaServer& broker, Deliveries& deliveries)
      : recorder_(deliveries) {
    auto log = KafkaLog::Open(OptionsOf(broker));
    EXPECT_TRUE(log.ok()) << log.status();
    stage_ = std::make_unique<LogStage>(
        *std::move(log), LogStage::Environment{.lanes = {sender_},
                                               .budget = budget_,
                                               .metrics = metrics_,
                                               .clock = Clock::System()});
    EXPECT_TRUE(stage_->Start().ok());
  }
  ~Process() {
    EXPECT_TRUE(stage_->Drain(absl::Seconds(60)));
    EXPECT_TRUE(stage_->Close().ok());
    sender_->Close(absl::UnavailableError("process ends"));
    lane_.Drain();
    const uint64_t in = metrics_.recovered_events();
    const uint64_t out = metrics_.settled_events(Settlement::kDelivered) +
                         metrics_.settled_events(Settlement::kRetry);
    EXPECT_EQ(in, out);
  }

  // Appends `source:first` and so on, and waits until all are durable.
  void Send(const std::string& source, int first, int count) {
    std::vector<Awaited<bool>> acks;
    for (int i = first; i < first + count; ++i) {
      const Awaited<bool> ack;
      acks.push_back(ack);
      const absl::Status taken = stage_->intake().Take(
          BatchOf({source + ":" + std::to_string(i)}),
          std::hash<std::string>()(source), [ack](const BatchOutcome& outcome) {
            ack.Set(outcome.at(0) == Outcome::kLogged);
          });
      ASSERT_TRUE(taken.ok()) << taken;
    }
    for (const auto& ack : acks) ASSERT_EQ(ack.Get(), true);
  }

  uint64_t handed_on() const { return metrics_.recovered_events(); }

 private:
  MetricsRegistry registry_;
  PipelineMetrics metrics_{registry_, "p"};
  InFlightBudget budget_{16 << 20};
  Recorder recorder_;
  flow::Lane lane_{{.name = "lane"}};
  std::shared_ptr<flow::Receiver> receiver_ =
      flow::Receiver::Create({.name = "lane"}, {recorder_, lane_, "1"});
  flow::InProcessConnector connector_{receiver_, lane_};
  std::shared_ptr<flow::Sender> sender_ = flow::Sender::Create(
      {.sender = "log"}, {connector_, lane_, Clock::System(), 1});
  std::unique_ptr<LogStage> stage_;
};

// All that the group has not committed: nothing when everything is final.
int64_t Uncommitted(const KafkaServer& broker) {
  KafkaConnection connection;
  connection.brokers = broker.bootstrap();
  const auto client = MakeKafkaClient(
      RD_KAFKA_CONSUMER, *MakeKafkaConf(connection, {{"group.id", "stages"}}));
  TopicAdmin admin(**client, absl::Seconds(30));
  const auto committed = admin.FindOwnCommitted(kTopic, kPartitions);
  EXPECT_TRUE(committed.ok()) << committed.status();
  int64_t left = 0;
  for (int32_t partition = 0; partition < kPartitions; ++partition) {
    const auto marks = admin.FindWatermarks(kTopic, partition);
    EXPECT_TRUE(marks.ok()) << marks.status();
    const auto found = committed->find(partition);
    left +=
        marks->high - (found == committed->end() ? 0 : found->second.offset);
  }
  return left;
}

// Whether the numbers begin with 0, and none is missing or before its
// predecessor; those that came again count once.
bool IsCompleteAndInOrder(const std::vector<int>& numbers, int count) {
  int next = 0;
  for (const int number : numbers) {
    if (number > next) return false;
    if (number == next) ++next;
  }
  return next == count;
}

// Some may come twice: a commit that a slow machine sends while the group
// shares its partitions anew comes too late, and costs the instance all that it
// has.
TEST(LogStageKafkaTest, LosesNothingWhileInstancesComeAndGo) {
  constexpr int kRound = 200;
  auto broker = KafkaServer::Start();
  ASSERT_TRUE(broker.ok()) << broker.status();
  Deliveries deliveries;
  const std::vector<std::string> sources = {"a", "b", "c", "d", "e", "f"};
  {
    Process first(**broker, deliveries);
    int sent = 0;
    const auto send = [&](Process& by) {
      for (const std::string& source : sources) by.Send(source, sent, kRound);
      sent += kRound;
    };
    send(first);
    {
      // What the second is to read it reads, whoever has appended it.
      Process second(**broker, deliveries);
      while (second.handed_on() == 0) {
        send(first);
        send(second);
      }
    }
    send(first);
    for (const std::string& source : sources) {
      const std::vector<int> numbers =
          deliveries.WaitFor(source, static_cast<size_t>(sent));
      EXPECT_TRUE(IsCompleteAndInOrder(numbers, sent)) << source;
    }
  }
  EXPECT_EQ(Uncommitted(**broker), 0);
}

}  // namespace
}  // namespace phoenix
