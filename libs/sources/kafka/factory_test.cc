#include "libs/sources/kafka/factory.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sources/kafka/kafka_source.h"
#include "libs/sources/kafka/kafka_source.pb.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KafkaFactoryTest : public testing::Test {
 protected:
  KafkaFactoryTest() {
    RegisterKafkaSource(registry_);
    config_.set_brokers("127.0.0.1:9");
    config_.add_topics("readings");
  }

  std::unique_ptr<Source> Create() {
    BuildContext context{"in", "p", report_, rules_, clock_};
    return registry_.Find("kafka")->create(config_, context);
  }

  SourceRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sources::kafka::v1::KafkaSource config_;
};

TEST_F(KafkaFactoryTest, MakesASourceAndOpensNothing) {
  EXPECT_NE(Create(), nullptr);
  EXPECT_THAT(report_.errors, IsEmpty());
}

TEST_F(KafkaFactoryTest, LooksAtHeadersUnlessOnlyPayloadsAreWanted) {
  const auto looks = [this] {
    return !static_cast<const KafkaSource&>(*Create()).options().payload_only;
  };
  EXPECT_TRUE(looks());
  config_.set_format(sources::kafka::v1::FORMAT_CLOUDEVENTS);
  EXPECT_TRUE(looks());
  config_.set_format(sources::kafka::v1::FORMAT_PAYLOAD);
  EXPECT_FALSE(looks());
}

TEST_F(KafkaFactoryTest, BoundsItsMemoryByItsBuffer) {
  config_.set_max_buffer_bytes(1 << 20);
  EXPECT_EQ(Create()->max_memory_bytes(), 3u << 20);
}

TEST_F(KafkaFactoryTest, ReportsEveryErrorAtItsField) {
  config_.clear_topics();
  auto* property = config_.add_librdkafka();
  property->set_name("enable.auto.commit");
  property->set_value("true");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("topics@0: topics is empty"),
                          HasSubstr("librdkafka[0]@0")));
}

}  // namespace
}  // namespace phoenix
