#include "libs/kafka/topic_options.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(TopicOptionsTest, KnowsWhatATopicCanBeCalled) {
  EXPECT_TRUE(CheckTopicName("plant-1.readings_raw").ok());
  EXPECT_TRUE(CheckTopicName(std::string(249, 'a')).ok());
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a b"),
        std::string("a/b"), std::string(250, 'a')}) {
    const absl::Status checked = CheckTopicName(name);
    EXPECT_EQ(checked.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(checked.message()), HasSubstr("no topic's name"));
  }
}

TEST(TopicOptionsTest, LeavesToTheClusterWhatAFileDoesNotSay) {
  const KafkaTopic topic = ReadKafkaTopic("t", {});
  EXPECT_EQ(topic.name, "t");
  EXPECT_EQ(topic.partitions, KafkaTopic::kBrokerDefault);
  EXPECT_EQ(topic.replication_factor, KafkaTopic::kBrokerDefault);
  EXPECT_TRUE(topic.config.empty());
}

TEST(TopicOptionsTest, TakesWhatAFileSays) {
  kafka::v1::Topic wanted;
  wanted.set_partitions(6);
  wanted.set_replication_factor(3);
  auto* setting = wanted.add_config();
  setting->set_name("retention.ms");
  setting->set_value("1000");
  const KafkaTopic topic = ReadKafkaTopic("t", wanted);
  EXPECT_EQ(topic.partitions, 6);
  EXPECT_EQ(topic.replication_factor, 3);
  EXPECT_THAT(topic.config, ElementsAre(Pair("retention.ms", "1000")));
  EXPECT_FALSE(ReadTopicWish(wanted).alter_config);
  wanted.set_add_partitions(true);
  wanted.set_alter_config(true);
  wanted.set_delete_at_end(true);
  const TopicWish wish = ReadTopicWish(wanted);
  EXPECT_EQ(wish.shape.partitions, 6);
  EXPECT_TRUE(wish.add_partitions && wish.alter_config && wish.delete_at_end);
}

}  // namespace
}  // namespace phoenix
