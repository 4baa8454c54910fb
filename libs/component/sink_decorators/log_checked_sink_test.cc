#include "libs/component/sink_decorators/log_checked_sink.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_sink.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RecordingSink : public FakeSink {
 public:
  absl::StatusOr<int64_t> RecordedEnd(const BatchIdentity& log) override {
    EXPECT_EQ(log.log, "orders@1");
    ++asked;
    return recorded;
  }

  absl::StatusOr<int64_t> recorded = 0;
  int asked = 0;
};

class LogCheckedSinkTest : public testing::Test {
 protected:
  LogCheckedSinkTest() {
    auto inner = std::make_unique<RecordingSink>();
    inner_ = inner.get();
    sink_ = std::make_unique<LogCheckedSink>(std::move(inner), "archive",
                                             [this] { return end_; });
  }

  OutcomeRecorder Write() {
    OutcomeRecorder recorder;
    sink_->Write(AllOf(MakeBatch(std::vector<std::string>{"1", "2"})),
                 recorder.Callback());
    return recorder;
  }

  std::optional<BatchIdentity> end_ = BatchIdentity{"orders@1", 0, 100};
  RecordingSink* inner_;
  std::unique_ptr<LogCheckedSink> sink_;
};

TEST_F(LogCheckedSinkTest, OpensWhenTheLogGoesOnBehindTheRecord) {
  inner_->recorded = 100;
  EXPECT_TRUE(sink_->Open().ok());
  EXPECT_THAT(Write().names(), ElementsAre("delivered", "delivered"));
  EXPECT_EQ(inner_->asked, 1);
}

TEST_F(LogCheckedSinkTest, RefusesALogThatIsOlderThanTheRecord) {
  inner_->recorded = 101;
  const absl::Status opened = sink_->Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(opened)) << opened;
  const std::string message(opened.message());
  EXPECT_THAT(message, HasSubstr("log 'orders@1' up to offset 100"));
  EXPECT_THAT(message, HasSubstr("gets offset 100"));
  EXPECT_THAT(message,
              HasSubstr("phoenix log repair DIR --next-offset 4294967397`"));
}

TEST_F(LogCheckedSinkTest, HoldsRowsBackUntilTheSinkHasTold) {
  inner_->recorded = absl::UnavailableError("down");
  EXPECT_TRUE(sink_->Open().ok());
  EXPECT_THAT(Write().names(), ElementsAre("retry", "retry"));
  inner_->recorded = 101;
  const OutcomeRecorder refused = Write();
  EXPECT_THAT(refused.names(), ElementsAre("retry", "retry"));
  EXPECT_TRUE(inner_->writes.empty());
  inner_->recorded = 7;
  EXPECT_THAT(Write().names(), ElementsAre("delivered", "delivered"));
}

TEST_F(LogCheckedSinkTest, ComparesWithWhereTheLogStoodAtTheStart) {
  inner_->recorded = absl::UnavailableError("down");
  EXPECT_TRUE(sink_->Open().ok());
  end_->first_offset = 200;
  inner_->recorded = 150;
  EXPECT_THAT(Write().names(), ElementsAre("retry", "retry"));
}

TEST_F(LogCheckedSinkTest, AsksNothingWithoutALog) {
  end_.reset();
  EXPECT_TRUE(sink_->Open().ok());
  EXPECT_THAT(Write().names(), ElementsAre("delivered", "delivered"));
  EXPECT_EQ(inner_->asked, 0);
}

}  // namespace
}  // namespace phoenix
