// The suite with a log: what is acknowledged, and what a next run hands on.
#include <filesystem>
#include <fstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "tools/phoenix/run_report.h"
#include "tools/phoenix/suite.h"
#include "tools/phoenix/testing/small_pipeline.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Far more than a drain takes: only a suite that hangs waits for it.
constexpr absl::Duration kLong = absl::Minutes(1);

// One run of the small pipeline on a folder.
struct LoggedRun {
  explicit LoggedRun(const std::string& folder,
                     FullPolicy when_full = FullPolicy::kBlock)
      : suite(std::move(small.pipeline), registry, health, Clock::System(),
              OpenerFor(folder, when_full)) {}

  static LogOpener OpenerFor(const std::string& folder, FullPolicy when_full) {
    CompiledPipeline pipeline;
    pipeline.name = "small";
    pipeline.log.emplace();
    pipeline.log->path = folder;
    pipeline.log->when_full = when_full;
    pipeline.log->max_bytes = 1 << 20;
    return LogOpenerOf(pipeline);
  }

  void Offer(const std::vector<std::string>& payloads) {
    ASSERT_TRUE(small.source->Offer(payloads, recorder.Callback()).ok());
  }

  // Every write to the sink is given back, however often.
  void FailSink() {
    small.out->answers.assign(
        100'000, {.outcome = Outcome::kRetry,
                  .why = absl::UnavailableError("connection refused")});
  }

  SmallPipeline small;
  OutcomeRecorder recorder;
  MetricsRegistry registry;
  HealthRegistry health;
  Suite suite;
};

class SuiteLogTest : public ::testing::Test {
 protected:
  SuiteLogTest() { std::filesystem::remove_all(folder_); }
  ~SuiteLogTest() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ =
      testing::TempDir() + "/suite_log." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SuiteLogTest, TellsTheSourceThatTheLogHasItsEvents) {
  LoggedRun run(folder_);
  ASSERT_TRUE(run.suite.Start().ok());
  run.Offer({"1", "\"drop\"", "\"fail\""});
  EXPECT_TRUE(run.suite.Drain(kLong));
  EXPECT_THAT(run.recorder.names(), ElementsAre("logged", "logged", "logged"));
  EXPECT_THAT(PayloadsAt(*run.small.out), ElementsAre("1", "\"farewell\""));
  EXPECT_EQ(run.suite.waiting_events(), 0u);
}

TEST_F(SuiteLogTest, AccountsForWhatCameOutOfTheLog) {
  LoggedRun run(folder_);
  ASSERT_TRUE(run.suite.Start().ok());
  run.Offer({"1", "\"drop\"", "\"fail\""});
  EXPECT_TRUE(run.suite.Drain(kLong));
  const PipelineMetrics& metrics = run.suite.metrics();
  EXPECT_EQ(metrics.received_events(), 4u);
  EXPECT_EQ(metrics.settled_events(Settlement::kDelivered), 2u);
  EXPECT_EQ(metrics.settled_events(Settlement::kFiltered), 1u);
  EXPECT_EQ(metrics.settled_events(Settlement::kDeadLettered), 1u);
  EXPECT_EQ(metrics.in_flight_events(), 0u);
  EXPECT_EQ(run.suite.UnaccountedEvents(), 0);
}

TEST_F(SuiteLogTest, HandsOnInTheNextRunWhatThisOneCouldNotDeliver) {
  {
    LoggedRun run(folder_);
    run.FailSink();
    ASSERT_TRUE(run.suite.Start().ok());
    run.Offer({"1", "2"});
    // Nothing is given back: the log has it.
    run.suite.Drain(absl::Milliseconds(200));
    EXPECT_THAT(run.recorder.names(), ElementsAre("logged", "logged"));
    EXPECT_EQ(run.suite.waiting_events(), 2u);
    EXPECT_EQ(run.suite.UnaccountedEvents(), 0);
    EXPECT_THAT(RunReport(run.suite, absl::Seconds(1)),
                HasSubstr(" + 2 waiting; unaccounted 0\n"));
  }
  LoggedRun next(folder_);
  ASSERT_TRUE(next.suite.Start().ok());
  EXPECT_TRUE(next.suite.Drain(kLong));
  EXPECT_THAT(PayloadsAt(*next.small.out),
              ElementsAre("1", "2", "\"farewell\""));
  EXPECT_EQ(next.suite.metrics().recovered_events(), 2u);
  EXPECT_THAT(
      RunReport(next.suite, absl::Seconds(1)),
      HasSubstr("  received 1 + 2 recovered = 3 delivered; unaccounted 0\n"));
}

TEST_F(SuiteLogTest, DeliversNothingTwiceAfterAnOrderlyEnd) {
  {
    LoggedRun run(folder_);
    ASSERT_TRUE(run.suite.Start().ok());
    run.Offer({"1", "2"});
    EXPECT_TRUE(run.suite.Drain(kLong));
  }
  LoggedRun next(folder_);
  ASSERT_TRUE(next.suite.Start().ok());
  EXPECT_TRUE(next.suite.Drain(kLong));
  EXPECT_THAT(PayloadsAt(*next.small.out), ElementsAre("\"farewell\""));
}

TEST_F(SuiteLogTest, HasInItsBooksWhatAFullLogDrops) {
  const std::string large = "\"" + std::string(100'000, 'x') + "\"";
  uint64_t waiting = 0;
  {
    LoggedRun run(folder_, FullPolicy::kDropOldest);
    run.FailSink();
    ASSERT_TRUE(run.suite.Start().ok());
    for (int i = 0; i < 40; ++i) run.Offer({large});
    run.suite.Drain(absl::Milliseconds(200));
    const PipelineMetrics& metrics = run.suite.metrics();
    const uint64_t dropped = metrics.settled_events(Settlement::kDropped);
    waiting = run.suite.waiting_events();
    EXPECT_GE(dropped, 28u);
    EXPECT_LE(waiting, 12u);
    // The farewell went back to who made it.
    EXPECT_EQ(metrics.received_events(),
              dropped + waiting + metrics.settled_events(Settlement::kRetry));
    EXPECT_EQ(run.suite.UnaccountedEvents(), 0);
    const std::string report = RunReport(run.suite, absl::Seconds(1));
    EXPECT_THAT(report, HasSubstr(" dropped + "));
    EXPECT_THAT(report, HasSubstr("  log: " + std::to_string(dropped) +
                                  " events given up before they were final"));
    EXPECT_THAT(report, HasSubstr("(when_full: drop_oldest)\n"));
  }
  LoggedRun next(folder_, FullPolicy::kDropOldest);
  ASSERT_TRUE(next.suite.Start().ok());
  EXPECT_TRUE(next.suite.Drain(kLong));
  EXPECT_EQ(next.suite.metrics().recovered_events(), waiting);
  EXPECT_EQ(next.suite.metrics().settled_events(Settlement::kDropped), 0u);
  EXPECT_EQ(next.suite.UnaccountedEvents(), 0);
}

// Turns a bit over, some way into the first segment.
void Damage(const std::string& folder) {
  const auto segment =
      *std::filesystem::directory_iterator(folder + "/segments");
  std::fstream file(segment.path(),
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(64 + 100);
  const int byte = file.peek();
  file.seekp(64 + 100);
  file.put(static_cast<char>(byte ^ 1));
}

TEST_F(SuiteLogTest, HasInItsBooksWhatTheLogCannotRead) {
  {
    LoggedRun run(folder_);
    run.FailSink();
    ASSERT_TRUE(run.suite.Start().ok());
    for (const char* payload : {"1", "2"}) run.Offer({payload});
    run.suite.Drain(absl::Milliseconds(200));
    EXPECT_EQ(run.suite.waiting_events(), 2u);
  }
  Damage(folder_);
  LoggedRun next(folder_);
  ASSERT_TRUE(next.suite.Start().ok());
  EXPECT_TRUE(next.suite.Drain(kLong));
  EXPECT_THAT(PayloadsAt(*next.small.out), ElementsAre("2", "\"farewell\""));
  const std::string report = RunReport(next.suite, absl::Seconds(1));
  EXPECT_THAT(report, HasSubstr("  received 1 + 2 recovered = 2 delivered + 1 "
                                "corrupt; unaccounted 0\n"));
  EXPECT_THAT(report, HasSubstr("  log: 1 corrupt records with 1 events put "
                                "aside in its quarantine"));
}

TEST_F(SuiteLogTest, IsNotReadyBeforeItsLogIs) {
  LoggedRun run(folder_);
  EXPECT_THAT(run.health.Ready().reasons, testing::Contains(HasSubstr("log")));
  ASSERT_TRUE(run.suite.Start().ok());
  EXPECT_TRUE(run.health.Ready().ok);
}

TEST_F(SuiteLogTest, IsNotReadyWhileItsLogRefuses) {
  LoggedRun run(folder_);
  ASSERT_TRUE(run.suite.Start().ok());
  {
    ScopedFailpoints broken("log.append.before_write=error");
    run.Offer({"1"});
    while (run.health.Ready().ok) std::this_thread::yield();
    EXPECT_THAT(run.health.Ready().reasons,
                ElementsAre(AllOf(StartsWith("log: refuses events: "),
                                  HasSubstr("log.append.before_write"))));
    while (run.registry.Snapshot().Sum(metric::kLogRefusing) != 1) {
      std::this_thread::yield();
    }
  }
  // Though nobody sends anything.
  while (!run.health.Ready().ok) std::this_thread::yield();
  while (run.registry.Snapshot().Sum(metric::kLogRefusing) != 0) {
    std::this_thread::yield();
  }
  run.Offer({"2"});
  EXPECT_TRUE(run.suite.Drain(kLong));
  EXPECT_THAT(PayloadsAt(*run.small.out), ElementsAre("2", "\"farewell\""));
}

TEST_F(SuiteLogTest, SaysWhyTheLogCantBeOpened) {
  LoggedRun first(folder_);
  ASSERT_TRUE(first.suite.Start().ok());
  LoggedRun second(folder_);
  const absl::Status status = second.suite.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), StartsWith("log 'small': "));
}

}  // namespace
}  // namespace phoenix
