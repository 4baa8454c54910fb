// The source against a real broker: the contract of sources, and what members
// of a group owe each other.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/kafka_server.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/component/testing/source_suite.h"
#include "libs/sources/kafka/batch_sizer.h"
#include "libs/sources/kafka/kafka_source.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

KafkaServer& Broker() { return SharedKafka(); }

std::string NewTopic(int partitions = 1) {
  static int count = 0;
  const std::string name = "topic-" + std::to_string(++count);
  const absl::Status created = Broker().CreateTopic(name, partitions);
  EXPECT_TRUE(created.ok()) << created;
  return name;
}

KafkaSourceOptions Options(const std::string& topic) {
  KafkaSourceOptions options;
  options.name = "in";
  options.patience = absl::Seconds(1);
  options.consumer.connection.brokers = Broker().bootstrap();
  // Members that die are missed soon.
  options.consumer.connection.properties["session.timeout.ms"] = "6000";
  options.consumer.connection.properties["heartbeat.interval.ms"] = "500";
  options.consumer.topics = {topic};
  options.consumer.group = "group-of-" + topic;
  options.defaults = {"", "/test", "test", "application/json"};
  options.commit_interval = absl::Milliseconds(100);
  return options;
}

std::unique_ptr<KafkaSource> MakeSource(KafkaSourceOptions options) {
  return std::make_unique<KafkaSource>(std::move(options), Clock::System());
}

std::unique_ptr<KafkaSource> MakeSource(const std::string& topic) {
  return MakeSource(Options(topic));
}

void Produce(const std::string& topic, const std::vector<std::string>& values,
             int partitions = 1) {
  std::vector<TestRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    records.push_back(
        {.value = values[i], .partition = static_cast<int>(i) % partitions});
  }
  const absl::Status written =
      WriteRecords(Broker().bootstrap(), topic, records);
  EXPECT_TRUE(written.ok()) << written;
}

class Fixture : public SourceFixture {
 public:
  std::unique_ptr<Source> MakeSource() override {
    return phoenix::MakeSource(topic_);
  }
  void Produce(const std::vector<std::string>& payloads) override {
    phoenix::Produce(topic_, payloads);
  }
  void ProduceInvalid() override { Produce({InvalidBytes()}); }
  std::string InvalidBytes() const override { return "nonsense"; }

 private:
  const std::string topic_ = NewTopic();
};

const bool kRegistered = RegisterSourceSuite(
    {.name = "Kafka",
     .make_fixture = [] { return std::make_unique<Fixture>(); },
     .has_invalid_input = true,
     .pulls = true});

std::vector<std::string> Numbers(int from, int count) {
  std::vector<std::string> numbers;
  for (int i = from; i < from + count; ++i) {
    numbers.push_back(std::to_string(i));
  }
  return numbers;
}

std::vector<std::string> Distinct(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

TEST(KafkaSourceTest, SaysThatATopicIsMissing) {
  FakeOutlet outlet;
  const absl::Status started = MakeSource("nowhere")->Start(outlet);
  EXPECT_EQ(started.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(started.message()), HasSubstr("topic 'nowhere'"));
}

// Lines of metrics.
std::string LagOf(const std::string& topic, int lag) {
  return "phoenix_source_lag_events{component_name=\"in\",topic=\"" + topic +
         "\"} " + std::to_string(lag) + "\n";
}

std::string ExpiredRecords(int records) {
  return "phoenix_source_expired_records_total{component_name=\"in\"} " +
         std::to_string(records) + "\n";
}

void WaitForMetric(const MetricsRegistry& registry, const std::string& line) {
  while (registry.Render().find(line) == std::string::npos) {
    std::this_thread::yield();
  }
}

void Transact(const std::string& topic, const std::string& value,
              bool commit = true) {
  const absl::Status written =
      WriteTransaction(Broker().bootstrap(), topic, {{.value = value}}, commit);
  EXPECT_TRUE(written.ok()) << written;
}

TEST(KafkaSourceTest, PublishesHowFarBehindItIs) {
  const std::string topic = NewTopic();
  Produce(topic, Numbers(0, 7));
  MetricsRegistry registry;
  FakeOutlet outlet;
  outlet.SetAutoSettle(false);
  const auto source = MakeSource(topic);
  source->PublishMetrics(registry);
  WaitForMetric(registry, LagOf(topic, 0));
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(7));
  WaitForMetric(registry, LagOf(topic, 7));
  outlet.Settle(Outcome::kDelivered);
  WaitForMetric(registry, LagOf(topic, 0));
  source->Stop();
}

TEST(KafkaSourceTest, PublishesHowFarBehindItIsWhileItsPartitionsArePaused) {
  const std::string topic = NewTopic();
  Produce(topic, Numbers(0, 5));
  MetricsRegistry registry;
  FakeOutlet outlet;
  outlet.SetCredit(0);
  const auto source = MakeSource(topic);
  source->PublishMetrics(registry);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForWaiters(1));
  Produce(topic, Numbers(5, 1000));
  WaitForMetric(registry, LagOf(topic, 1005));
  outlet.SetCredit(FakeOutlet::kUnlimited);
  WaitForMetric(registry, LagOf(topic, 0));
  source->Stop();
}

TEST(KafkaSourceTest, IsNotBehindWhereOnlyMarksOfTransactionsAreLeft) {
  const std::string topic = NewTopic();
  Transact(topic, "1");
  Transact(topic, "2");
  Transact(topic, "never", /*commit=*/false);
  MetricsRegistry registry;
  FakeOutlet outlet;
  outlet.SetAutoSettle(false);
  const auto source = MakeSource(topic);
  source->PublishMetrics(registry);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(2));
  WaitForMetric(registry, LagOf(topic, 6));
  outlet.Settle(Outcome::kDelivered);
  WaitForMetric(registry, LagOf(topic, 0));
  WaitForMetric(registry, ExpiredRecords(0));
  source->Stop();
}

TEST(KafkaSourceTest, GoesOnWithTheFirstEventThatWasNotFinal) {
  const std::string topic = NewTopic();
  const auto batch = static_cast<int>(BatchSizer::kFirst);
  Produce(topic, Numbers(0, 2 * batch + 10));
  FakeOutlet outlet;
  outlet.SetAutoSettle(false);
  auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(static_cast<size_t>(2 * batch + 10)));
  outlet.Settle(Outcome::kDelivered, 1);
  // As a stop gives it back: some were delivered, the rest were not.
  source->StopAccepting();
  outlet.SettleWith([](const EventBatch& events) {
    BatchOutcome outcome(events.size());
    for (uint32_t row = 0; row < events.size(); ++row) {
      outcome.Merge(row, row < 3 ? Outcome::kDelivered : Outcome::kRetry);
    }
    return outcome;
  });
  source->Stop();
  FakeOutlet rest;
  source = MakeSource(topic);
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(1));
  source->Stop();
  EXPECT_EQ(std::stoi(rest.payloads()[0]),
            static_cast<int>(outlet.batches()[0]->size()) + 3);
}

TEST(KafkaSourceTest, TellsOfRecordsThatTheTopicDeletedBeforeTheyWereRead) {
  const std::string topic = NewTopic();
  Produce(topic, Numbers(0, 5));
  FakeOutlet outlet;
  auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(5));
  source->Stop();
  Produce(topic, Numbers(5, 20));
  const absl::Status deleted =
      DeleteRecords(Broker().bootstrap(), topic, 0, 12);
  ASSERT_TRUE(deleted.ok()) << deleted;
  MetricsRegistry registry;
  FakeOutlet rest;
  source = MakeSource(topic);
  source->PublishMetrics(registry);
  WaitForMetric(registry, ExpiredRecords(0));
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(13));
  WaitForMetric(registry, ExpiredRecords(7));
  WaitForMetric(registry, LagOf(topic, 0));
  source->Stop();
  EXPECT_EQ(rest.payloads()[0], "12");
}

TEST(KafkaSourceTest, TellsOfThemWhenNothingIsLeft) {
  const std::string topic = NewTopic();
  Produce(topic, Numbers(0, 5));
  FakeOutlet outlet;
  auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(5));
  source->Stop();
  Produce(topic, Numbers(5, 3));
  const absl::Status deleted = DeleteRecords(Broker().bootstrap(), topic, 0, 8);
  ASSERT_TRUE(deleted.ok()) << deleted;
  MetricsRegistry registry;
  source = MakeSource(topic);
  source->PublishMetrics(registry);
  ASSERT_TRUE(source->Start(outlet).ok());
  WaitForMetric(registry, ExpiredRecords(3));
  source->Stop();
}

TEST(KafkaSourceTest, ReadsTopicsThatItHasJustMade) {
  for (int i = 0; i < 3; ++i) {
    FakeOutlet outlet;
    KafkaSourceOptions options;
    options.name = "in";
    options.consumer.connection.brokers = Broker().bootstrap();
    options.consumer.topics = {"made-" + std::to_string(i)};
    options.consumer.group = "g";
    options.defaults = {"", "/test", "test", "application/json"};
    options.create_topics.emplace().shape.partitions = 8;
    KafkaSource source(std::move(options), Clock::System());
    const absl::Status started = source.Start(outlet);
    EXPECT_TRUE(started.ok()) << started;
    source.Stop();
  }
}

TEST(KafkaSourceTest, TakesEveryRecordAsPlainWhenOnlyPayloadsAreWanted) {
  const std::string topic = NewTopic();
  // By its header no event.
  const absl::Status written =
      WriteRecords(Broker().bootstrap(), topic,
                   {{.value = "7", .headers = {{"ce_specversion", "none"}}}});
  ASSERT_TRUE(written.ok()) << written;
  FakeOutlet outlet;
  KafkaSourceOptions options = Options(topic);
  options.payload_only = true;
  const auto source = MakeSource(std::move(options));
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(1));
  source->Stop();
  EXPECT_THAT(outlet.payloads(), UnorderedElementsAreArray(Numbers(7, 1)));
}

TEST(KafkaSourceTest, GivesEachPartitionALaneAndKeepsItsOrder) {
  const std::string topic = NewTopic(3);
  Produce(topic, Numbers(0, 3000), 3);
  FakeOutlet outlet;
  const auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(3000));
  source->Stop();
  std::map<uint64_t, int> last;
  for (const FakeOutlet::Event& event : outlet.events()) {
    const int number = std::stoi(event.payload);
    const auto [entry, is_new] = last.try_emplace(event.lane, number);
    EXPECT_TRUE(is_new || entry->second + 3 == number);
    entry->second = number;
  }
  EXPECT_EQ(last.size(), 3u);
  EXPECT_EQ(outlet.event_count(), 3000u);
}

TEST(KafkaSourceTest, ReadsAgainWhatIsToBeTriedAgainWhileItRuns) {
  const std::string topic = NewTopic();
  Produce(topic, Numbers(0, 5));
  FakeOutlet outlet;
  outlet.SetAutoSettle(false);
  const auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(5));
  outlet.Settle(Outcome::kRetry);
  outlet.SetAutoSettle(true);
  EXPECT_TRUE(outlet.WaitForEvents(10));
  source->Stop();
}

TEST(KafkaSourceTest, SharesPartitionsWithAnotherMemberAndLosesNothing) {
  const std::string topic = NewTopic(4);
  Produce(topic, Numbers(0, 400), 4);
  FakeOutlet outlets[2];
  const auto first = MakeSource(topic);
  ASSERT_TRUE(first->Start(outlets[0]).ok());
  ASSERT_TRUE(outlets[0].WaitForEvents(400));
  const auto second = MakeSource(topic);
  ASSERT_TRUE(second->Start(outlets[1]).ok());
  // Until the other has its share.
  int next = 400;
  while (outlets[1].event_count() == 0) {
    Produce(topic, Numbers(next, 40), 4);
    next += 40;
  }
  first->Stop();
  Produce(topic, Numbers(next, 40), 4);
  next += 40;
  const auto all = [&] {
    auto values = outlets[0].payloads();
    for (const std::string& value : outlets[1].payloads()) {
      values.push_back(value);
    }
    return values;
  };
  while (all().size() < static_cast<size_t>(next)) std::this_thread::yield();
  second->Stop();
  // Everything settled at once, so nothing had to be read twice.
  EXPECT_THAT(all(), UnorderedElementsAreArray(Numbers(0, next)));
}

TEST(KafkaSourceTest, LosesNothingWhenTheBrokerIsKilled) {
  const std::string topic = NewTopic(2);
  Produce(topic, Numbers(0, 1000), 2);
  FakeOutlet outlet;
  const auto source = MakeSource(topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ASSERT_TRUE(outlet.WaitForEvents(1000));
  const absl::Status restarted = Broker().Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  Produce(topic, Numbers(1000, 1000), 2);
  // What had not been committed comes again.
  size_t seen = outlet.event_count();
  while (Distinct(outlet.payloads()).size() < 2000) {
    ASSERT_TRUE(outlet.WaitForEvents(seen + 1));
    seen = outlet.event_count();
  }
  source->Stop();
}

TEST(KafkaSourceTest, OffersNoEventTwiceWhileCreditComesAndGoes) {
  const std::string topic = NewTopic(3);
  Produce(topic, Numbers(0, 3000), 3);
  FakeOutlet outlet;
  outlet.SetCredit(0);
  // Partitions are paused as soon as a batch is refused.
  KafkaSourceOptions options = Options(topic);
  options.patience = absl::ZeroDuration();
  const auto source = MakeSource(std::move(options));
  ASSERT_TRUE(source->Start(outlet).ok());
  for (int more = 3000; more < 6000; more += 300) {
    const size_t refusals = outlet.refusal_count();
    ASSERT_TRUE(outlet.WaitForWaiters(1));
    Produce(topic, Numbers(more, 300), 3);
    outlet.SetCredit(1);
    ASSERT_TRUE(outlet.WaitForRefusals(refusals + 1));
  }
  outlet.SetCredit(FakeOutlet::kUnlimited);
  ASSERT_TRUE(outlet.WaitForEvents(6000));
  source->Stop();
  EXPECT_THAT(outlet.payloads(), UnorderedElementsAreArray(Numbers(0, 6000)));
}

}  // namespace
}  // namespace phoenix
