#include "integration/servers/kafka_server.h"

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/kafka_error.h"
#include "libs/kafka/topic_admin.h"

namespace phoenix {
namespace {

constexpr int kTimeoutMs = 30'000;

KafkaClientPtr MakeClient(const KafkaServer& server, rd_kafka_type_t type,
                          const KafkaProperties& properties) {
  KafkaConnection connection;
  connection.brokers = server.bootstrap();
  auto conf = MakeKafkaConf(connection, properties);
  EXPECT_TRUE(conf.ok()) << conf.status();
  auto client = MakeKafkaClient(type, *std::move(conf));
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

void Produce(const KafkaServer& server, const char* topic, std::string value) {
  const auto producer =
      MakeClient(server, RD_KAFKA_PRODUCER, {{"acks", "all"}});
  ASSERT_EQ(rd_kafka_producev(producer.get(), RD_KAFKA_V_TOPIC(topic),
                              RD_KAFKA_V_VALUE(value.data(), value.size()),
                              RD_KAFKA_V_END),
            RD_KAFKA_RESP_ERR_NO_ERROR);
  ASSERT_EQ(rd_kafka_flush(producer.get(), kTimeoutMs),
            RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::string ConsumeOne(const KafkaServer& server, const char* topic) {
  const auto consumer =
      MakeClient(server, RD_KAFKA_CONSUMER,
                 {{"group.id", "test"}, {"auto.offset.reset", "earliest"}});
  KafkaPartitionsPtr topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), topic, 0);
  rd_kafka_assign(consumer.get(), topics.get());
  KafkaMessagePtr message(rd_kafka_consumer_poll(consumer.get(), kTimeoutMs));
  EXPECT_NE(message, nullptr);
  if (message == nullptr) return {};
  EXPECT_EQ(message->err, RD_KAFKA_RESP_ERR_NO_ERROR);
  std::string value(static_cast<char*>(message->payload), message->len);
  message = nullptr;
  rd_kafka_consumer_close(consumer.get());
  return value;
}

// One broker for all of it: starting one is what takes the time.
TEST(KafkaServerTest, KeepsItsDataWhenItIsKilled) {
  auto started = KafkaServer::Start();
  ASSERT_TRUE(started.ok()) << started.status();
  KafkaServer& server = **started;
  const std::string bootstrap = server.bootstrap();

  ASSERT_TRUE(server.CreateTopic("t", 3).ok());
  EXPECT_EQ(server.CreateTopic("t", 3).code(),
            absl::StatusCode::kAlreadyExists);
  Produce(server, "t", "hello");

  server.Kill();
  ASSERT_TRUE(server.Restart().ok());
  EXPECT_EQ(server.bootstrap(), bootstrap);
  const auto client = MakeClient(server, RD_KAFKA_PRODUCER, {});
  TopicAdmin admin(*client, absl::Seconds(30));
  EXPECT_EQ(*admin.PartitionCount("t"), 3);
  EXPECT_EQ(admin.PartitionCount("nowhere").status().code(),
            absl::StatusCode::kNotFound);

  ASSERT_TRUE(server.CreateTopic("one").ok());
  Produce(server, "one", "hello again");
  EXPECT_EQ(ConsumeOne(server, "one"), "hello again");

  ASSERT_TRUE(admin.AddPartitions("one", 2).ok());
  EXPECT_EQ(*admin.TopicSetting("one", "max.message.bytes"), "1048588");
  EXPECT_FALSE(admin.CommittedOffset("nobody", "one", 0)->has_value());
  EXPECT_TRUE(admin.Delete("one").ok());
  EXPECT_EQ(admin.Delete("one").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace phoenix
