#include "integration/servers/kafka_server.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "integration/servers/kafka_records.h"
#include "libs/kafka/committed_offset.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/handles.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

// One broker for all of it: starting one is what takes the time.
TEST(KafkaServerTest, KeepsItsDataWhenItIsKilled) {
  auto started = KafkaServer::Start();
  ASSERT_TRUE(started.ok()) << started.status();
  KafkaServer& server = **started;
  const std::string bootstrap = server.bootstrap();

  ASSERT_TRUE(server.CreateTopic("t", 3).ok());
  EXPECT_EQ(server.CreateTopic("t", 3).code(),
            absl::StatusCode::kAlreadyExists);
  ASSERT_TRUE(WriteRecords(bootstrap, "t", {{.value = "hello"}}).ok());

  server.Kill();
  ASSERT_TRUE(server.Restart().ok());
  EXPECT_EQ(server.bootstrap(), bootstrap);
  KafkaConnection connection;
  connection.brokers = bootstrap;
  const auto client =
      MakeKafkaClient(RD_KAFKA_PRODUCER, *MakeKafkaConf(connection, {}));
  ASSERT_TRUE(client.ok());
  TopicAdmin admin(**client, absl::Seconds(30));
  EXPECT_EQ(*admin.PartitionCount("t"), 3);
  const auto kept = ReadRecords(bootstrap, "t", 3);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_THAT(ValuesOf(*kept), ElementsAre("hello"));
  EXPECT_EQ(admin.PartitionCount("nowhere").status().code(),
            absl::StatusCode::kNotFound);

  ASSERT_TRUE(server.CreateTopic("one").ok());
  ASSERT_TRUE(WriteRecords(bootstrap, "one",
                           {{.key = "k", .value = "v", .headers = {{"h", "1"}}},
                            {.value = std::nullopt}})
                  .ok());
  const auto records = ReadRecords(bootstrap, "one");
  ASSERT_TRUE(records.ok()) << records.status();
  EXPECT_THAT(ValuesOf(*records), ElementsAre("v", ""));
  EXPECT_EQ((*records)[0].key, "k");
  EXPECT_THAT((*records)[0].headers, ElementsAre(Pair("h", "1")));
  EXPECT_FALSE((*records)[1].value.has_value());

  ASSERT_TRUE(admin.AddPartitions("one", 2).ok());
  EXPECT_EQ(*admin.TopicSetting("one", "max.message.bytes"), "1048588");
  const auto none =
      ReadCommittedOffset(connection, "nobody", "one", 0, absl::Seconds(30));
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_value());
  ASSERT_TRUE(admin.AlterSettings("one", {{"retention.ms", "5000"}}).ok());
  ASSERT_TRUE(admin.AlterSettings("one", {{"segment.ms", "9000"}}).ok());
  EXPECT_EQ(*admin.TopicSetting("one", "retention.ms"), "5000");
  EXPECT_EQ(*admin.TopicSetting("one", "segment.ms"), "9000");
  EXPECT_FALSE(admin.AlterSettings("one", {{"no.such.thing", "1"}}).ok());
  const auto marks = admin.FindWatermarks("one", 0);
  ASSERT_TRUE(marks.ok()) << marks.status();
  EXPECT_EQ(marks->low, 0);
  EXPECT_EQ(marks->high, 2);
  EXPECT_EQ(*admin.FindOffset("one", 0, absl::UnixEpoch()), 0);
  EXPECT_EQ(*admin.FindOffset("one", 0, absl::Now() + absl::Hours(1)), 2);
  EXPECT_EQ(admin.Describe("one")->replicas, 1);
  EXPECT_TRUE(admin.Delete("one").ok());
  EXPECT_EQ(admin.Delete("one").code(), absl::StatusCode::kNotFound);
}

TEST(KafkaServerTest, HasAnotherTakeOverWhenTheLeaderIsKilled) {
  auto started = KafkaServer::Start(2);
  ASSERT_TRUE(started.ok()) << started.status();
  KafkaServer& server = **started;
  ASSERT_TRUE(server.CreateTopic("t").ok());
  std::vector<std::string> written;
  // The second time it is the broker that took over, with what both have.
  for (const char* value : {"first", "second"}) {
    ASSERT_TRUE(WriteRecords(server.bootstrap(), "t", {{.value = value}}).ok());
    written.push_back(value);
    const absl::Status killed = server.KillLeader("t", 0);
    ASSERT_TRUE(killed.ok()) << killed;
    const auto kept = ReadRecords(server.bootstrap(), "t");
    ASSERT_TRUE(kept.ok()) << kept.status();
    EXPECT_EQ(ValuesOf(*kept), written);
    const absl::Status revived = server.Revive();
    ASSERT_TRUE(revived.ok()) << revived;
  }
}

}  // namespace
}  // namespace phoenix
