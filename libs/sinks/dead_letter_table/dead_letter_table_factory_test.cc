#include "libs/sinks/dead_letter_table/dead_letter_table_factory.h"

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_config_report.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.pb.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using ::testing::IsEmpty;
using FullPolicy = DeadLetterTableSink::FullPolicy;

class DeadLetterTableFactoryTest : public testing::Test {
 protected:
  DeadLetterTableFactoryTest() { RegisterDeadLetterTableSink(registry_); }

  std::unique_ptr<Sink> MakeSink() {
    BuildContext context{"dead", "p", report_, rules_, clock_};
    return registry_.Find("dead_letter_table")->create(config_, context);
  }

  // What the sink was made with.
  DeadLetterTableSink::Options Create() {
    const auto sink = MakeSink();
    const auto* table = dynamic_cast<DeadLetterTableSink*>(sink.get());
    EXPECT_NE(table, nullptr);
    return table == nullptr ? DeadLetterTableSink::Options{} : table->options();
  }

  SinkRegistry registry_;
  FakeConfigReport report_;
  RuleSetBuilder rules_;
  FakeClock clock_;
  sinks::dead_letter_table::v1::DeadLetterTable config_;
};

TEST_F(DeadLetterTableFactoryTest, OpensNothing) {
  const TempDirectory directory;
  config_.set_path(directory / "a/b.db");
  EXPECT_EQ(Create().path, directory / "a/b.db");
  EXPECT_THAT(directory.Files(), IsEmpty());
}

TEST_F(DeadLetterTableFactoryTest, TakesDeadLettersOnly) {
  const auto sink = MakeSink();
  ASSERT_NE(sink, nullptr);
  EXPECT_TRUE(sink->takes_only_dead_letters());
}

TEST_F(DeadLetterTableFactoryTest, BlocksAtAGigabyteUnlessToldOtherwise) {
  const DeadLetterTableSink::Options options = Create();
  EXPECT_EQ(options.name, "dead");
  EXPECT_EQ(options.pipeline, "p");
  EXPECT_EQ(options.max_rows, 1'000'000);
  EXPECT_EQ(options.max_bytes, 1 << 30);
  EXPECT_EQ(options.full_policy, FullPolicy::kBlock);
}

TEST_F(DeadLetterTableFactoryTest, TakesItsBoundsFromTheConfig) {
  config_.set_max_rows(7);
  config_.set_max_bytes(8192);
  config_.set_when_full(sinks::dead_letter_table::v1::WHEN_FULL_DROP_OLDEST);
  const DeadLetterTableSink::Options options = Create();
  EXPECT_EQ(options.max_rows, 7);
  EXPECT_EQ(options.max_bytes, 8192);
  EXPECT_EQ(options.full_policy, FullPolicy::kDropOldest);
}

}  // namespace
}  // namespace phoenix
