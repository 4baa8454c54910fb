// `start: latest` against a real broker: what was there before the group began
// is left out, and nothing else ever is.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "integration/servers/shared_kafka.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"
#include "libs/sources/kafka/kafka_source.h"

namespace phoenix {
namespace {

using ::testing::UnorderedElementsAreArray;
using Values = std::vector<std::string>;

// When members find what is added. (librdkafka forgets topics at once with more
// than 715 s: thrice that in microseconds is more than an int holds.)
constexpr char kSoon[] = "500";
constexpr char kNever[] = "600000";

std::string NewTopic(int partitions) {
  static int count = 0;
  const std::string name = "latest-" + std::to_string(++count);
  const absl::Status created = SharedKafka().CreateTopic(name, partitions);
  EXPECT_TRUE(created.ok()) << created;
  return name;
}

std::unique_ptr<KafkaSource> MakeSource(const std::string& topic,
                                        const std::string& group,
                                        const char* refresh_ms = kNever) {
  KafkaSourceOptions options;
  options.name = "in";
  options.consumer.connection.brokers = SharedKafka().bootstrap();
  options.consumer.connection.properties["topic.metadata.refresh.interval.ms"] =
      refresh_ms;
  options.consumer.topics = {topic};
  options.consumer.group = group;
  options.from_latest = true;
  options.defaults = {"", "/test", "test", "application/json"};
  options.commit_interval = absl::Milliseconds(100);
  return std::make_unique<KafkaSource>(std::move(options), Clock::System());
}

Values Numbers(int from, int count) {
  Values numbers;
  for (int i = from; i < from + count; ++i) {
    numbers.push_back(std::to_string(i));
  }
  return numbers;
}

// In turn to the partitions before `partitions`.
void Produce(const std::string& topic, const Values& values, int partitions) {
  std::vector<TestRecord> records;
  for (size_t i = 0; i < values.size(); ++i) {
    records.push_back(
        {.value = values[i], .partition = static_cast<int>(i) % partitions});
  }
  const absl::Status written =
      WriteRecords(SharedKafka().bootstrap(), topic, records);
  ASSERT_TRUE(written.ok()) << written;
}

void ProduceTo(int partition, const std::string& topic, const Values& values) {
  std::vector<TestRecord> records;
  for (const std::string& value : values) {
    records.push_back({.value = value, .partition = partition});
  }
  const absl::Status written =
      WriteRecords(SharedKafka().bootstrap(), topic, records);
  ASSERT_TRUE(written.ok()) << written;
}

void AddPartitions(const std::string& topic, int partitions) {
  KafkaConnection connection;
  connection.brokers = SharedKafka().bootstrap();
  auto conf = MakeKafkaConf(connection, {});
  ASSERT_TRUE(conf.ok()) << conf.status();
  const auto client = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  ASSERT_TRUE(client.ok()) << client.status();
  const absl::Status added =
      TopicAdmin(**client, absl::Seconds(10)).AddPartitions(topic, partitions);
  ASSERT_TRUE(added.ok()) << added;
}

TEST(KafkaLatestTest, BeginsWithWhatComesRightAfterTheStart) {
  const std::string topic = NewTopic(2);
  Produce(topic, Numbers(0, 10), 2);
  FakeOutlet outlet;
  const auto source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  // It is no member yet.
  Produce(topic, Numbers(10, 6), 2);
  ASSERT_TRUE(outlet.WaitForEvents(6));
  source->Stop();
  EXPECT_THAT(outlet.payloads(), UnorderedElementsAreArray(Numbers(10, 6)));
}

TEST(KafkaLatestTest, ReadsAllOfAPartitionThatIsAddedWhileItRuns) {
  const std::string topic = NewTopic(1);
  Produce(topic, Numbers(0, 10), 1);
  FakeOutlet outlet;
  const auto source = MakeSource(topic, topic, kSoon);
  ASSERT_TRUE(source->Start(outlet).ok());
  Produce(topic, Numbers(10, 1), 1);
  ASSERT_TRUE(outlet.WaitForEvents(1));
  AddPartitions(topic, 3);
  ProduceTo(1, topic, Numbers(11, 5));
  ASSERT_TRUE(outlet.WaitForEvents(6));
  source->Stop();
  EXPECT_THAT(outlet.payloads(), UnorderedElementsAreArray(Numbers(10, 6)));
}

TEST(KafkaLatestTest, ReadsAPartitionThatWasAddedAndNotFoundBeforeAStop) {
  const std::string topic = NewTopic(1);
  FakeOutlet outlet;
  auto source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  Produce(topic, Numbers(0, 1), 1);
  ASSERT_TRUE(outlet.WaitForEvents(1));
  AddPartitions(topic, 2);
  ProduceTo(1, topic, Numbers(1, 5));
  source->Stop();
  FakeOutlet rest;
  source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(5));
  source->Stop();
  EXPECT_THAT(rest.payloads(), UnorderedElementsAreArray(Numbers(1, 5)));
}

TEST(KafkaLatestTest, ReadsWhatCameMeanwhileToAPartitionThatWasEmpty) {
  const std::string topic = NewTopic(2);
  FakeOutlet outlet;
  auto source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  ProduceTo(0, topic, Numbers(0, 1));
  ASSERT_TRUE(outlet.WaitForEvents(1));
  source->Stop();
  ProduceTo(1, topic, Numbers(1, 3));
  FakeOutlet rest;
  source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(3));
  source->Stop();
  EXPECT_THAT(rest.payloads(), UnorderedElementsAreArray(Numbers(1, 3)));
}

TEST(KafkaLatestTest, LeavesOutTheSameForMembersThatStartTogether) {
  constexpr int kPartitions = 6;
  const std::string topic = NewTopic(kPartitions);
  Produce(topic, Numbers(0, 60), kPartitions);
  FakeOutlet outlets[3];
  std::vector<std::unique_ptr<KafkaSource>> members;
  for (FakeOutlet& outlet : outlets) {
    members.push_back(MakeSource(topic, topic));
    ASSERT_TRUE(members.back()->Start(outlet).ok());
  }
  Produce(topic, Numbers(60, 60), kPartitions);
  Values all;
  while (all.size() < 60) {
    all.clear();
    for (FakeOutlet& outlet : outlets) {
      for (std::string& one : outlet.payloads()) all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
  }
  for (const auto& member : members) member->Stop();
  EXPECT_THAT(all, UnorderedElementsAreArray(Numbers(60, 60)));
}

TEST(KafkaLatestTest, ReadsAllOfATopicThatAPatternGains) {
  const std::string first = NewTopic(1);
  const std::string pattern = "^" + first + "(-more[0-9])?$";
  Produce(first, Numbers(0, 10), 1);
  FakeOutlet outlet;
  auto source = MakeSource(pattern, first, kSoon);
  ASSERT_TRUE(source->Start(outlet).ok());
  Produce(first, Numbers(10, 1), 1);
  ASSERT_TRUE(outlet.WaitForEvents(1));
  // While it runs, and while it does not.
  ASSERT_TRUE(SharedKafka().CreateTopic(first + "-more1").ok());
  Produce(first + "-more1", Numbers(11, 5), 1);
  ASSERT_TRUE(outlet.WaitForEvents(6));
  source->Stop();
  EXPECT_THAT(outlet.payloads(), UnorderedElementsAreArray(Numbers(10, 6)));
  ASSERT_TRUE(SharedKafka().CreateTopic(first + "-more2").ok());
  Produce(first + "-more2", Numbers(16, 5), 1);
  FakeOutlet rest;
  source = MakeSource(pattern, first, kSoon);
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(5));
  source->Stop();
  EXPECT_THAT(rest.payloads(), UnorderedElementsAreArray(Numbers(16, 5)));
}

TEST(KafkaLatestTest, GoesOnWithTheOldestWhereItsPlaceWasDeleted) {
  const std::string topic = NewTopic(1);
  FakeOutlet outlet;
  auto source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(outlet).ok());
  Produce(topic, Numbers(0, 5), 1);
  ASSERT_TRUE(outlet.WaitForEvents(5));
  source->Stop();
  Produce(topic, Numbers(5, 10), 1);
  const absl::Status deleted =
      DeleteRecords(SharedKafka().bootstrap(), topic, 0, 8);
  ASSERT_TRUE(deleted.ok()) << deleted;
  FakeOutlet rest;
  source = MakeSource(topic, topic);
  ASSERT_TRUE(source->Start(rest).ok());
  ASSERT_TRUE(rest.WaitForEvents(7));
  source->Stop();
  EXPECT_THAT(rest.payloads(), UnorderedElementsAreArray(Numbers(8, 7)));
}

}  // namespace
}  // namespace phoenix
