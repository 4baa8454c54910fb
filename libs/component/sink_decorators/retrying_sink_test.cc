#include "libs/component/sink_decorators/retrying_sink.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/sink_decorators/held_back.h"
#include "libs/component/sink_decorators/retry_after.h"
#include "libs/component/testing/fake_sink.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Status kDown = absl::UnavailableError("it is down");

class RetryingSinkTest : public testing::Test {
 protected:
  RetryingSinkTest() {
    options_.name = "out";
    options_.backoff.jitter_ratio = 0;
    auto sink = std::make_unique<FakeSink>();
    fake_ = sink.get();
    inner_ = std::move(sink);
  }

  RetryingSink& Sink() {
    if (sink_ == nullptr) {
      sink_ =
          std::make_unique<RetryingSink>(std::move(inner_), options_, monitor_,
                                         clock_, [this](absl::Duration delay) {
                                           waits_.push_back(delay);
                                           if (on_wait_) on_wait_();
                                           clock_.Advance(delay);
                                           return !stopped_;
                                         });
      EXPECT_TRUE(sink_->Open().ok());
    }
    return *sink_;
  }

  OutcomeRecorder Write(int rows) {
    OutcomeRecorder recorder;
    const std::vector<std::string> payloads(rows, "{}");
    Sink().Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    return recorder;
  }

  void Use(std::unique_ptr<phoenix::Sink> sink) { inner_ = std::move(sink); }

  void FailNext(int writes, absl::Status why = kDown) {
    for (int i = 0; i < writes; ++i) {
      fake_->answers.push_back({.outcome = Outcome::kRetry, .why = why});
    }
  }

  double Sum(const MetricSpec& metric) const {
    return registry_.Snapshot().Sum(metric);
  }

  RetryingSink::Options options_;
  MetricsRegistry registry_;
  HealthRegistry health_;
  SinkMonitor monitor_{
      {.kind = ComponentKind::kSink, .type = "fake", .name = "out"},
      registry_,
      health_};
  FakeClock clock_;
  FakeSink* fake_;
  std::vector<absl::Duration> waits_;
  std::function<void()> on_wait_;
  bool stopped_ = false;

 private:
  std::unique_ptr<phoenix::Sink> inner_;
  std::unique_ptr<RetryingSink> sink_;
};

TEST_F(RetryingSinkTest, PassesOnWhatSucceeds) {
  EXPECT_THAT(Write(2).names(), ElementsAre("delivered", "delivered"));
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(RetryingSinkTest, WritesAgainWithLongerDelays) {
  FailNext(3);
  EXPECT_THAT(Write(1).names(), ElementsAre("delivered"));
  EXPECT_THAT(waits_,
              ElementsAre(absl::Milliseconds(100), absl::Milliseconds(200),
                          absl::Milliseconds(400)));
  EXPECT_EQ(fake_->writes.size(), 4u);
}

TEST_F(RetryingSinkTest, BeginsAnewAfterASuccess) {
  FailNext(2);
  Write(1);
  waits_.clear();
  FailNext(1);
  Write(1);
  EXPECT_THAT(waits_, ElementsAre(absl::Milliseconds(100)));
}

TEST_F(RetryingSinkTest, SpreadsDelaysByChance) {
  options_.backoff.jitter_ratio = 0.5;
  FailNext(1);
  Write(1);
  EXPECT_LT(waits_[0], absl::Milliseconds(100));
  EXPECT_GE(waits_[0], absl::Milliseconds(50));
}

TEST_F(RetryingSinkTest, WritesOnlyTheRowsThatWereNotTaken) {
  fake_->answers.push_back(
      {.outcome = Outcome::kRetry, .why = kDown, .applies = [](uint32_t row) {
         return row % 2 == 1;
       }});
  const OutcomeRecorder recorder = Write(4);
  EXPECT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "delivered", "delivered", "delivered"));
  ASSERT_EQ(fake_->writes.size(), 2u);
  EXPECT_THAT(fake_->writes[1].rows, ElementsAre(1, 3));
}

TEST_F(RetryingSinkTest, DoesNotRetryWhatIsRejected) {
  fake_->answers.push_back({.outcome = Outcome::kRejected,
                            .why = absl::InvalidArgumentError("bad")});
  const OutcomeRecorder recorder = Write(1);
  EXPECT_THAT(recorder.names(), ElementsAre("rejected"));
  EXPECT_EQ(recorder.outcome().details().size(), 1u);
  EXPECT_THAT(waits_, IsEmpty());
}

TEST_F(RetryingSinkTest, KeepsTheOrderOfRowsThatAreHeld) {
  fake_->hold = true;
  FailNext(2);
  const OutcomeRecorder first = Write(1);
  const OutcomeRecorder second = Write(2);
  EXPECT_EQ(first.calls() + second.calls(), 0u);
  Sink().Flush();
  EXPECT_EQ(first.calls() + second.calls(), 2u);
  ASSERT_EQ(fake_->writes.size(), 4u);
  EXPECT_EQ(fake_->writes[2].rows.size(), 1u);
  EXPECT_EQ(fake_->writes[3].rows.size(), 2u);
  EXPECT_EQ(waits_.size(), 1u);
}

TEST_F(RetryingSinkTest, GivesUpAtTheMostAttempts) {
  options_.max_attempts = 3;
  FailNext(100);
  const OutcomeRecorder recorder = Write(1);
  EXPECT_THAT(recorder.names(), ElementsAre("rejected"));
  EXPECT_EQ(fake_->writes.size(), 3u);
  const OutcomeDetail& detail = recorder.outcome().details().at(0);
  EXPECT_EQ(detail.component, "out");
  EXPECT_EQ(detail.status,
            absl::UnavailableError("gave up after 3 attempts: it is down"));
  EXPECT_THAT(Sink().Report(),
              Contains("3 attempts to write a batch failed, 2 events tried "
                       "again, 1 given up; last error: it is down"));
}

TEST_F(RetryingSinkTest, GivesUpWhenTheTimeIsOver) {
  options_.max_attempts = 1000;
  options_.max_elapsed = absl::Seconds(2);
  FailNext(1000);
  EXPECT_THAT(Write(1).names(), ElementsAre("rejected"));
  // 0.1 + 0.2 + 0.4 + 0.8 s are within it, 1.6 s more are not.
  EXPECT_EQ(fake_->writes.size(), 5u);
}

// A partner that limits the rate: of each write it takes the first row only.
TEST_F(RetryingSinkTest, NeverGivesUpWhileRowsAreTaken) {
  options_.max_attempts = 2;
  options_.max_elapsed = absl::Milliseconds(150);
  for (uint32_t taken = 0; taken < 9; ++taken) {
    fake_->answers.push_back(
        {.outcome = Outcome::kRetry,
         .why = kDown,
         .applies = [taken](uint32_t row) { return row > taken; }});
  }
  EXPECT_THAT(Write(10).names(), Each("delivered"));
  EXPECT_THAT(waits_, SizeIs(9));
  EXPECT_THAT(waits_, Each(absl::Milliseconds(100)));
  EXPECT_EQ(monitor_.Failure(), "");
}

TEST_F(RetryingSinkTest, CountsAttemptsSinceTheLastProgress) {
  options_.max_attempts = 3;
  FailNext(2);
  fake_->answers.push_back({.outcome = Outcome::kRetry,
                            .why = kDown,
                            .applies = [](uint32_t row) { return row > 0; }});
  FailNext(3);
  const OutcomeRecorder recorder = Write(2);
  EXPECT_THAT(recorder.names(), ElementsAre("delivered", "rejected"));
  EXPECT_EQ(fake_->writes.size(), 6u);
  EXPECT_EQ(recorder.outcome().details().at(0).status,
            absl::UnavailableError("gave up after 3 attempts: it is down"));
}

TEST_F(RetryingSinkTest, WritesNothingBehindRowsThatFailAgain) {
  fake_->hold = true;
  FailNext(2);
  const OutcomeRecorder first = Write(1);
  const OutcomeRecorder second = Write(2);
  on_wait_ = [this] { fake_->hold = false; };
  FailNext(1);
  Sink().Flush();
  EXPECT_THAT(first.names(), ElementsAre("delivered"));
  EXPECT_THAT(second.names(), Each("delivered"));
  std::vector<size_t> sizes;
  for (const BatchView& view : fake_->writes) sizes.push_back(view.rows.size());
  EXPECT_THAT(sizes, ElementsAre(1, 2, 1, 1, 2));
}

TEST_F(RetryingSinkTest, DoesNotCountWhatAShutdownEnded) {
  stopped_ = true;
  FailNext(1, absl::CancelledError("request was cancelled"));
  EXPECT_THAT(Write(2).names(), Each("retry"));
  EXPECT_EQ(Sum(metric::kSinkFailedWriteAttempts), 0);
  EXPECT_THAT(Sink().Report(), ElementsAre("fake"));
}

TEST_F(RetryingSinkTest, HonoursRetryAfterUpToItsLimit) {
  absl::Status later = kDown;
  SetRetryAfter(later, absl::Seconds(7));
  FailNext(1, later);
  absl::Status never = kDown;
  SetRetryAfter(never, absl::Hours(7));
  FailNext(1, never);
  Write(1);
  EXPECT_THAT(waits_, ElementsAre(absl::Seconds(7), absl::Minutes(1)));
}

TEST_F(RetryingSinkTest, TellsOfEveryAttempt) {
  FailNext(4);
  std::vector<std::string> failures;
  on_wait_ = [&] { failures.push_back(monitor_.Failure()); };
  Write(2);
  EXPECT_THAT(failures, ElementsAre("", "", "failing: it is down, attempt 3",
                                    "failing: it is down, attempt 4"));
  EXPECT_EQ(monitor_.Failure(), "");
  EXPECT_EQ(Sum(metric::kSinkWriteAttempts), 5);
  EXPECT_EQ(Sum(metric::kSinkFailedWriteAttempts), 4);
  EXPECT_EQ(Sum(metric::kSinkRetriedEvents), 8);
}

TEST_F(RetryingSinkTest, FailsAtOnceWhenTheNextAttemptIsFarAway) {
  absl::Status later = kDown;
  SetRetryAfter(later, absl::Seconds(30));
  FailNext(1, later);
  on_wait_ = [&] { EXPECT_NE(monitor_.Failure(), ""); };
  Write(1);
  EXPECT_EQ(waits_.size(), 1u);
}

TEST_F(RetryingSinkTest, KeepsFailingWhenItGivesUp) {
  options_.max_attempts = 3;
  FailNext(3);
  EXPECT_THAT(Write(1).names(), ElementsAre("rejected"));
  EXPECT_EQ(monitor_.Failure(), "failing: it is down, attempt 3");
  EXPECT_THAT(Write(1).names(), ElementsAre("delivered"));
  EXPECT_EQ(monitor_.Failure(), "");
}

TEST_F(RetryingSinkTest, LeavesRowsToBeSentAgainWhenTheProcessStops) {
  stopped_ = true;
  FailNext(1);
  const OutcomeRecorder recorder = Write(2);
  EXPECT_THAT(recorder.names(), ElementsAre("retry", "retry"));
  EXPECT_EQ(recorder.outcome().details().size(), 2u);
  EXPECT_EQ(fake_->writes.size(), 1u);
}

TEST_F(RetryingSinkTest, RetriesBeforeItCloses) {
  fake_->hold = true;
  FailNext(1);
  const OutcomeRecorder recorder = Write(1);
  EXPECT_TRUE(Sink().Close().ok());
  EXPECT_THAT(recorder.names(), ElementsAre("delivered"));
  EXPECT_FALSE(fake_->open);
}

// Can't write row 0, and tries nothing behind it.
class StuckSink : public FakeSink {
 public:
  void Write(BatchView view, SettleCallback settle) override {
    writes.push_back(view);
    BatchOutcome outcome(view.batch->size());
    const bool stuck = view.rows[0] == 0;
    for (uint32_t row : view.rows) {
      outcome.Merge(row, stuck ? Outcome::kRetry : Outcome::kDelivered);
      if (stuck)
        outcome.AddDetail({row, "", row == 0 ? kDown : HeldBack(kDown)});
    }
    settle(outcome);
  }
};

TEST_F(RetryingSinkTest, GivesUpNoRowThatWasHeldBack) {
  options_.max_attempts = 3;
  auto stuck = std::make_unique<StuckSink>();
  const StuckSink& sink = *stuck;
  Use(std::move(stuck));
  const OutcomeRecorder recorder = Write(3);
  EXPECT_THAT(recorder.names(),
              ElementsAre("rejected", "delivered", "delivered"));
  EXPECT_EQ(recorder.calls(), 1u);
  ASSERT_THAT(sink.writes, SizeIs(4));
  EXPECT_THAT(sink.writes[3].rows, ElementsAre(1, 2));
}

// Row 0 was sent in the first attempt and again in the next two; the others
// were sent once, at last.
TEST_F(RetryingSinkTest, CountsAsRetriedOnlyWhatWasSentBefore) {
  options_.max_attempts = 3;
  Use(std::make_unique<StuckSink>());
  Write(3);
  EXPECT_EQ(Sum(metric::kSinkRetriedEvents), 2);
  EXPECT_THAT(Sink().Report(),
              Contains(HasSubstr("2 events tried again, 1 given up")));
}

// With several requests under way, a later write may be settled first.
TEST_F(RetryingSinkTest, RetriesWritesInTheirOrderHoweverTheyWereSettled) {
  class BackwardsSink : public FakeSink {
   public:
    void Write(BatchView view, SettleCallback settle) override {
      writes.push_back(view);
      settles.push_back(std::move(settle));
    }
    void Flush() override {
      const Outcome outcome =
          ++flushes == 1 ? Outcome::kRetry : Outcome::kDelivered;
      for (; !settles.empty(); settles.pop_back()) {
        settles.back()(BatchOutcome(1, outcome));
      }
    }
    std::vector<SettleCallback> settles;
  };
  auto backwards = std::make_unique<BackwardsSink>();
  const BackwardsSink& sink = *backwards;
  Use(std::move(backwards));
  const OutcomeRecorder first = Write(1);
  const OutcomeRecorder second = Write(1);
  Sink().Flush();
  ASSERT_THAT(sink.writes, SizeIs(4));
  EXPECT_EQ(sink.writes[2].batch, sink.writes[0].batch);
  EXPECT_EQ(sink.writes[3].batch, sink.writes[1].batch);
  EXPECT_THAT(first.names(), ElementsAre("delivered"));
  EXPECT_THAT(second.names(), ElementsAre("delivered"));
}

}  // namespace
}  // namespace phoenix
