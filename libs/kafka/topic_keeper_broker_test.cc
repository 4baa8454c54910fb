#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "integration/servers/kafka_server.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_keeper.h"

namespace phoenix {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

// One broker for all of it: starting one is what takes the time.
class TopicKeeperTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = KafkaServer::Start();
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = std::move(started)->release();
  }
  static void TearDownTestSuite() {
    std::unique_ptr<KafkaServer>(std::exchange(server_, nullptr));
  }

  TopicKeeperTest() {
    connection_.brokers = server_->bootstrap();
    client_ =
        *MakeKafkaClient(RD_KAFKA_PRODUCER, *MakeKafkaConf(connection_, {}));
    admin_.emplace(*client_, kTimeout);
  }

  absl::Status Begin(const TopicWish& wish) {
    return TopicKeeper(connection_, {"a", "b"}, wish, kTimeout).Begin();
  }

  static inline KafkaServer* server_ = nullptr;
  KafkaConnection connection_;
  KafkaClientPtr client_;
  std::optional<TopicAdmin> admin_;
};

TEST_F(TopicKeeperTest, MakesTopicsThatAreKnownWhenItReturns) {
  for (const char* name : {"now-1", "now-2", "now-3"}) {
    TopicWish wish;
    wish.shape.partitions = 12;
    ASSERT_TRUE(TopicKeeper(connection_, {name}, wish, kTimeout).Begin().ok());
    const auto count = admin_->PartitionCount(name);
    ASSERT_TRUE(count.ok()) << count.status();
    EXPECT_EQ(*count, 12);
  }
}

TEST_F(TopicKeeperTest, WaitsForTheSettingsOfATopicThatIsJustBeingCreated) {
  auto setting = std::async(std::launch::async, [this] {
    return admin_->TopicSetting("late", "retention.ms");
  });
  ASSERT_TRUE(server_->CreateTopic("late", 1, {{"retention.ms", "1000"}}).ok());
  const auto found = setting.get();
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, "1000");
}

TEST_F(TopicKeeperTest, CreatesAltersAndDeletesWhatTheFileAsksFor) {
  TopicWish wish;
  wish.shape.partitions = 2;
  wish.shape.config = {{"retention.ms", "1000"}};
  absl::Status begun = Begin(wish);
  ASSERT_TRUE(begun.ok()) << begun;
  // Brokers hear of new topics, and of new partitions, a moment later.
  while (!admin_->PartitionCount("a").ok()) {
  }
  EXPECT_EQ(*admin_->PartitionCount("a"), 2);
  EXPECT_EQ(*admin_->TopicSetting("b", "retention.ms"), "1000");

  // Of topics that exist nothing changes that is not to be changed.
  wish.shape.partitions = 3;
  wish.shape.config = {{"retention.ms", "2000"}};
  ASSERT_TRUE(Begin(wish).ok());
  EXPECT_EQ(*admin_->PartitionCount("a"), 2);
  EXPECT_EQ(*admin_->TopicSetting("b", "retention.ms"), "1000");

  wish.add_partitions = true;
  wish.alter_config = true;
  begun = Begin(wish);
  ASSERT_TRUE(begun.ok()) << begun;
  EXPECT_EQ(*admin_->TopicSetting("b", "retention.ms"), "2000");
  while (*admin_->PartitionCount("a") < 3) {
  }

  TopicKeeper keeper(connection_, {"a", "b"}, wish, kTimeout);
  ASSERT_TRUE(keeper.End().ok());
  EXPECT_TRUE(admin_->PartitionCount("a").ok());
  wish.delete_at_end = true;
  TopicKeeper deleter(connection_, {"a", "b"}, wish, kTimeout);
  ASSERT_TRUE(deleter.End().ok());
  while (admin_->PartitionCount("a").ok()) {
  }
  // What is not there any more was deleted all the same.
  EXPECT_TRUE(deleter.End().ok());
}

}  // namespace
}  // namespace phoenix
