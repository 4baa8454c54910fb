#include "libs/sinks/kafka/kafka_factory.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sinks/kafka/kafka.pb.h"
#include "libs/sinks/kafka/log_positions.h"
#include "libs/sinks/kafka/transactional_sink.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KafkaFactoryTest : public testing::Test {
 protected:
  KafkaFactoryTest() {
    RegisterKafkaSink(registry_);
    config_.set_brokers("127.0.0.1:9");
    config_.set_topic("alerts");
  }

  std::unique_ptr<Sink> Create() {
    BuildContext context{"out", "p", report_, rules_, clock_};
    return registry_.Find("kafka")->create(config_, context);
  }

  SinkRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sinks::kafka::v1::Kafka config_;
};

TEST_F(KafkaFactoryTest, MakesASinkThatDeliversAtLeastOnce) {
  const auto sink = Create();
  EXPECT_THAT(report_.errors, IsEmpty());
  ASSERT_NE(sink, nullptr);
  EXPECT_EQ(sink->guarantee(), DeliveryGuarantee::kAtLeastOnce);
}

TEST_F(KafkaFactoryTest, PromisesExactlyOnceWithATransactionalId) {
  config_.set_transactional_id("p-out-1");
  const auto sink = Create();
  ASSERT_NE(sink, nullptr);
  EXPECT_EQ(sink->guarantee(), DeliveryGuarantee::kExactlyOnce);
}

TEST_F(KafkaFactoryTest, BoundsItsMemoryByItsBuffer) {
  config_.set_max_buffer_bytes(1 << 20);
  EXPECT_EQ(Create()->max_memory_bytes(), 2u << 20);
  config_.set_transactional_id("p-out-1");
  EXPECT_EQ(Create()->max_memory_bytes(),
            (2u << 20) + LogPositions::kMaxMemoryBytes);
}

TEST_F(KafkaFactoryTest, KeepsPositionsInATopicOfTheirOwn) {
  config_.set_transactional_id("p-out-1");
  const auto topic_of = [](const Sink& sink) {
    return dynamic_cast<const TransactionalKafkaSink&>(sink)
        .options()
        .positions_topic;
  };
  EXPECT_EQ(topic_of(*Create()), "phoenix-positions");
  config_.set_positions_topic("kept");
  EXPECT_EQ(topic_of(*Create()), "kept");
  for (const char* wrong : {"a b", "alerts"}) {
    config_.set_positions_topic(wrong);
    report_.errors.clear();
    EXPECT_EQ(Create(), nullptr);
    EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("positions_topic@0")));
  }
}

TEST_F(KafkaFactoryTest, TakesTheDefaultOfAnOptionThatItDoesNotNeed) {
  config_.set_positions_topic("phoenix-positions");
  EXPECT_NE(Create(), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
}

TEST_F(KafkaFactoryTest, KeepsNoPositionsWithoutTransactions) {
  config_.set_positions_topic("kept");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("without `transactional_id`")));
}

TEST_F(KafkaFactoryTest, RefusesWhatIsNoTopic) {
  for (const char* topic : {"a b", "a/b", "..", "grüße"}) {
    config_.set_topic(topic);
    report_.errors.clear();
    EXPECT_EQ(Create(), nullptr);
    EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("topic@0"))) << topic;
  }
  config_.set_topic(std::string(250, 'a'));
  EXPECT_EQ(Create(), nullptr);
}

TEST_F(KafkaFactoryTest, LetsNoRecordWaitUntilItsTimeIsUp) {
  config_.mutable_linger()->set_seconds(30);
  config_.mutable_delivery_timeout()->set_seconds(30);
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("linger@0")));
}

TEST_F(KafkaFactoryTest, LetsNoTransactionEndBeforeItsRecordsMay) {
  config_.set_transactional_id("p-out-1");
  config_.mutable_delivery_timeout()->set_seconds(4);
  config_.mutable_transaction_timeout()->set_seconds(3);
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr(
                                  "transaction_timeout@0: transaction_timeout "
                                  "is less than `delivery_timeout`")));
  config_.mutable_transaction_timeout()->set_seconds(4);
  EXPECT_NE(Create(), nullptr);
}

TEST_F(KafkaFactoryTest, TimesNoTransactionsWhereThereAreNone) {
  config_.mutable_transaction_timeout()->set_seconds(60);
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("transaction_timeout@0: "
                                                    "there are no")));
}

TEST_F(KafkaFactoryTest, ReportsEveryErrorAtItsField) {
  config_.set_key("date.x");
  auto* reserved = config_.add_librdkafka();
  reserved->set_name("acks");
  reserved->set_value("1");
  auto* unknown = config_.add_librdkafka();
  unknown->set_name("linger");
  unknown->set_value("secret");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("librdkafka[0]@0"),
                          HasSubstr("librdkafka[1]@0: property 'linger'"),
                          HasSubstr("key@0: 'date.x' is no field")));
}

}  // namespace
}  // namespace phoenix
