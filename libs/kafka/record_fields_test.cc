#include "libs/kafka/record_fields.h"

#include "gtest/gtest.h"
#include "libs/kafka/connection.h"
#include "libs/kafka/testing/mock_cluster.h"

namespace phoenix {
namespace {

rd_kafka_resp_err_t Produce(rd_kafka_t& producer, int32_t partition) {
  RecordFields fields;
  fields.Add(RD_KAFKA_VTYPE_TOPIC).u.cstr = "topic";
  fields.Add(RD_KAFKA_VTYPE_PARTITION).u.i32 = partition;
  fields.Add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  fields.AddBytes(RD_KAFKA_VTYPE_VALUE, "value");
  fields.AddHeader("name", "1");
  fields.AddHeader("other", "2");
  return fields.ProduceTo(producer);
}

// In a process that looks after its memory a second time would end it.
TEST(RecordFieldsTest, FreesHeadersOnceWhereThereIsNoSuchPartition) {
  MockCluster cluster;
  cluster.CreateTopic("topic", 1);
  auto conf = MakeKafkaConf(cluster.connection(), {});
  ASSERT_TRUE(conf.ok()) << conf.status();
  const auto producer = MakeKafkaClient(RD_KAFKA_PRODUCER, *std::move(conf));
  ASSERT_TRUE(producer.ok()) << producer.status();
  ASSERT_EQ(Produce(**producer, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
  // So that the client knows the topic.
  ASSERT_EQ(rd_kafka_flush(producer->get(), 10'000),
            RD_KAFKA_RESP_ERR_NO_ERROR);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Produce(**producer, 1), RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  }
}

}  // namespace
}  // namespace phoenix
