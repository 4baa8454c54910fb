#include "libs/sinks/postgres/postgres_factory.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sinks/postgres/postgres.pb.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PostgresFactoryTest : public testing::Test {
 protected:
  PostgresFactoryTest() {
    RegisterPostgresSink(registry_);
    config_.set_connection("host=127.0.0.1 port=9 password=hunter2");
    config_.set_table("public.t");
  }

  std::unique_ptr<Sink> Create() {
    BuildContext context{"out", "p", report_, rules_, clock_};
    return registry_.Find("postgres")->create(config_, context);
  }

  void AddColumn(const std::string& name, const std::string& value) {
    auto* column = config_.add_columns();
    column->set_name(name);
    column->set_value(value);
  }

  SinkRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sinks::postgres::v1::Postgres config_;
};

TEST_F(PostgresFactoryTest, SaysWhatEachWayOfWritingGuarantees) {
  EXPECT_EQ(Create()->guarantee(), DeliveryGuarantee::kAtLeastOnce);
  config_.mutable_upsert()->add_key("id");
  EXPECT_EQ(Create()->guarantee(), DeliveryGuarantee::kIdempotent);
  config_.mutable_exactly_once();
  EXPECT_EQ(Create()->guarantee(), DeliveryGuarantee::kExactlyOnce);
  EXPECT_THAT(report_.errors, IsEmpty());
}

TEST_F(PostgresFactoryTest, NeverPrintsTheConnection) {
  config_.set_connection("host=h password='hunter2");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("is not understood")));
  EXPECT_THAT(report_.errors, ElementsAre(Not(HasSubstr("hunter2"))));
}

TEST_F(PostgresFactoryTest, TakesConnectionsAsUrls) {
  config_.set_connection("postgresql://me:pass@db:5433/plant?sslmode=require");
  EXPECT_NE(Create(), nullptr);
}

TEST_F(PostgresFactoryTest, RefusesWhatIsNoTable) {
  for (const std::string& table :
       {std::string("."), std::string("a."), std::string(".b"),
        std::string("a.b.c"), std::string(64, 'x')}) {
    config_.set_table(table);
    report_.errors.clear();
    EXPECT_EQ(Create(), nullptr);
    EXPECT_THAT(report_.errors,
                ElementsAre(HasSubstr("table@0: '" + table + "' is no table")));
  }
  config_.set_table(std::string(63, 'x'));
  EXPECT_NE(Create(), nullptr);
}

TEST_F(PostgresFactoryTest, NamesTheColumnThatIsWrong) {
  AddColumn("a", "data.x");
  AddColumn("b", "nothing");
  AddColumn("a", "ext");
  AddColumn("", "id");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("columns[1].value@0: 'nothing' is no "
                                    "field"),
                          HasSubstr("columns[2].name@0: column 'a' is there "
                                    "twice"),
                          HasSubstr("columns[3].name@0: '' is no column")));
}

TEST_F(PostgresFactoryTest, RefusesMoreColumnsThanATableHas) {
  for (int i = 0; i < 1600; ++i) AddColumn("c" + std::to_string(i), "id");
  EXPECT_NE(Create(), nullptr);
  AddColumn("c", "id");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors, ElementsAre(HasSubstr("at most 1600")));
}

TEST_F(PostgresFactoryTest, TakesOnlyColumnsAsKey) {
  AddColumn("a", "id");
  config_.mutable_upsert()->add_key("a");
  config_.mutable_upsert()->add_key("b");
  config_.mutable_upsert()->add_key("a");
  EXPECT_EQ(Create(), nullptr);
  EXPECT_THAT(report_.errors,
              ElementsAre(HasSubstr("upsert.key[1]@0: 'b' is none"),
                          HasSubstr("upsert.key[2]@0: column 'a' is there "
                                    "twice")));
}

TEST_F(PostgresFactoryTest, BoundsItsMemoryByTheTransaction) {
  config_.set_max_transaction_bytes(1 << 20);
  EXPECT_EQ(Create()->max_memory_bytes(), 3u << 20);
}

}  // namespace
}  // namespace phoenix
