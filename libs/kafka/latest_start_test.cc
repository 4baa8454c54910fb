#include "libs/kafka/latest_start.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/testing/mock_cluster.h"
#include "libs/kafka/topic_writer.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kTimeout = absl::Seconds(10);

// Finds topics soon, and is missed soon.
KafkaConnection ConnectionTo(const MockCluster& cluster) {
  KafkaConnection connection = cluster.connection();
  connection.properties["topic.metadata.refresh.interval.ms"] = "100";
  connection.properties["session.timeout.ms"] = "6000";
  connection.properties["heartbeat.interval.ms"] = "500";
  return connection;
}

// A member that only asks where it would begin.
class Member : public GroupConsumer::Listener {
 public:
  Member(const MockCluster& cluster, std::vector<std::string> topics)
      : consumer_({.connection = ConnectionTo(cluster),
                   .topics = std::move(topics),
                   .group = "g"},
                  *this) {
    EXPECT_TRUE(consumer_.Open().ok());
  }

  void OnAssigned(std::vector<TopicPartition>& partitions) override {
    result_ = consumer_.FindCommitted(partitions, kTimeout);
    if (result_.ok()) result_ = start_.Fill(partitions);
    starts_ = partitions;
  }
  void OnRevoked(const std::vector<TopicPartition>&, bool) override {}
  void OnCommitFailed() override {}

  absl::Status Look() { return start_.Look(); }
  absl::Status Fill(std::vector<TopicPartition>& partitions) {
    return start_.Fill(partitions);
  }

  std::vector<TopicPartition> Starts() {
    while (starts_.empty()) Poll();
    EXPECT_TRUE(result_.ok()) << result_;
    return starts_;
  }

  std::vector<TopicPartition> Committed(std::vector<TopicPartition> of) {
    EXPECT_TRUE(consumer_.FindCommitted(of, kTimeout).ok());
    return of;
  }

  absl::Status Refused() {
    while (result_.ok()) Poll();
    return result_;
  }

 private:
  void Poll() {
    consumer_.Poll(absl::Milliseconds(10), 1, [](const auto&) {});
  }

  GroupConsumer consumer_;
  LatestStart start_{consumer_, kTimeout};
  absl::Status result_;
  std::vector<TopicPartition> starts_;
};

class LatestStartTest : public ::testing::Test {
 protected:
  LatestStartTest() { cluster_.CreateTopic("t", 2); }

  void Write(const std::string& topic, int32_t partition, int count) {
    const auto writer = TopicWriter::Create(cluster_.connection(), topic);
    ASSERT_TRUE(writer.ok()) << writer.status();
    const std::vector<TopicRecord> records(
        count, {.partition = partition, .key = "k", .value = "v"});
    const absl::Status written = (*writer)->Write(records);
    ASSERT_TRUE(written.ok()) << written;
  }

  MockCluster cluster_;
};

TEST_F(LatestStartTest, BeginsANewGroupAtTheEndsAndCommitsThem) {
  Write("t", 0, 7);
  Member member(cluster_, {"t"});
  EXPECT_THAT(member.Starts(), UnorderedElementsAre(TopicPartition{"t", 0, 7},
                                                    TopicPartition{"t", 1, 0}));
  EXPECT_THAT(
      member.Committed({{"t", 0}, {"t", 1}}),
      ElementsAre(TopicPartition{"t", 0, 7}, TopicPartition{"t", 1, 0}));
}

TEST_F(LatestStartTest, BeginsWhereItLookedFirst) {
  Write("t", 0, 7);
  Member member(cluster_, {"t"});
  ASSERT_TRUE(member.Look().ok());
  Write("t", 0, 5);
  ASSERT_TRUE(member.Look().ok());
  EXPECT_THAT(member.Starts(), UnorderedElementsAre(TopicPartition{"t", 0, 7},
                                                    TopicPartition{"t", 1, 0}));
}

TEST_F(LatestStartTest, BeginsAKnownGroupWhereItWasAndElseWithTheEarliest) {
  Write("t", 0, 7);
  Write("u", 0, 5);
  Member(cluster_, {"t"}).Starts();
  Write("t", 0, 2);
  // Of a topic that the group has not read.
  Member member(cluster_, {"t", "u"});
  std::vector<TopicPartition> starts = member.Starts();
  EXPECT_THAT(starts, ::testing::IsSupersetOf(
                          {TopicPartition{"t", 0, 7}, TopicPartition{"t", 1, 0},
                           TopicPartition{"u", 0, RD_KAFKA_OFFSET_BEGINNING}}));
}

TEST_F(LatestStartTest, BeginsWithTheEarliestOfATopicThatCameAfterTheLook) {
  Member member(cluster_, {"^v"});
  ASSERT_TRUE(member.Look().ok());
  cluster_.CreateTopic("v1", 1);
  Write("v1", 0, 5);
  EXPECT_THAT(member.Starts(),
              ElementsAre(TopicPartition{"v1", 0, RD_KAFKA_OFFSET_BEGINNING}));
}

TEST_F(LatestStartTest, BeginsWithTheEarliestOfWhatComesToItselfLater) {
  Write("t", 0, 7);
  Member member(cluster_, {"t"});
  ASSERT_FALSE(member.Starts().empty());
  // As if the topic had been deleted and made anew.
  std::vector<TopicPartition> again = {{"t", 0, RD_KAFKA_OFFSET_INVALID}};
  ASSERT_TRUE(member.Fill(again).ok());
  EXPECT_EQ(again[0].offset, RD_KAFKA_OFFSET_BEGINNING);
}

TEST_F(LatestStartTest, KnowsNothingWhereTheGroupTookNothing) {
  cluster_.FailNext(MockCluster::kOffsetCommit,
                    {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED});
  Member member(cluster_, {"t"});
  EXPECT_TRUE(absl::IsPermissionDenied(member.Refused()));
}

}  // namespace
}  // namespace phoenix
