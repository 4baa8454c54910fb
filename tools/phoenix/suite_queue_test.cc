// The suite with sinks whose queue goes on on disk, and what happens when a
// queue is full.
#include <filesystem>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "tools/phoenix/leftover_queues.h"
#include "tools/phoenix/run_report.h"
#include "tools/phoenix/suite.h"
#include "tools/phoenix/testing/small_pipeline.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Far more than a drain takes: only a suite that hangs waits for it.
constexpr absl::Duration kLong = absl::Minutes(1);

// A run of the small pipeline whose sink `out` has a queue, and beside it one
// without, `fast`. In memory only one view finds room.
struct QueuedRun {
  explicit QueuedRun(const std::string& folder, SinkQueueLimits queue = {},
                     bool with_log = false, int64_t max_bytes = 1 << 30) {
    auto sink = std::make_unique<FakeSink>();
    fast = sink.get();
    small.pipeline->sinks.push_back({.name = "fast",
                                     .kind = "fake",
                                     .position = {},
                                     .sink = std::move(sink)});
    small.pipeline->routes[0].sinks = {0, 2};
    queue.bytes = 1;
    if (!folder.empty()) {
      queue.spill.emplace().path = folder;
      queue.spill->max_bytes = max_bytes;
    }
    small.pipeline->sinks[0].queue = queue;
    if (with_log) small.pipeline->log.emplace().path = folder + ".log";
    LogOpener open_log = LogOpenerOf(*small.pipeline);
    suite = std::make_unique<Suite>(std::move(small.pipeline), registry, health,
                                    Clock::System(), std::move(open_log));
  }

  void Offer(const std::string& payload) {
    ASSERT_TRUE(small.source->Offer({payload}, recorder.Callback()).ok());
  }

  // Every write to the sink is given back, however often.
  void FailSink() {
    small.out->answers.assign(
        100'000, {.outcome = Outcome::kRetry,
                  .why = absl::UnavailableError("connection refused")});
  }

  std::string Report() const { return RunReport(*suite, absl::Seconds(1)); }

  SmallPipeline small;
  FakeSink* fast;
  OutcomeRecorder recorder;
  MetricsRegistry registry;
  HealthRegistry health;
  std::unique_ptr<Suite> suite;
};

// All of it is waited, for the sink may yet succeed: enough to have on disk
// what came, however busy the machine is.
constexpr absl::Duration kWhileTheSinkFails = absl::Seconds(3);

class SuiteQueueTest : public ::testing::Test {
 protected:
  SuiteQueueTest() { Remove(); }
  ~SuiteQueueTest() override { Remove(); }

  void Remove() {
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(folder_ + ".log");
  }

  const std::string folder_ =
      testing::TempDir() + "/suite_queue." +
      testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(SuiteQueueTest, DeliversInTheNextRunWhatASinkCouldNotTake) {
  {
    QueuedRun run(folder_);
    run.FailSink();
    ASSERT_TRUE(run.suite->Start().ok());
    for (const char* payload : {"1", "2", "3"}) run.Offer(payload);
    EXPECT_TRUE(run.suite->Drain(kWhileTheSinkFails));
    EXPECT_THAT(PayloadsAt(*run.fast),
                ElementsAre("1", "2", "3", "\"farewell\""));
    EXPECT_EQ(run.recorder.calls(), 3u);
    EXPECT_EQ(run.suite->UnaccountedEvents(), 0);
    EXPECT_THAT(
        run.Report(),
        HasSubstr("received 4 = 0 delivered + 4 queued; unaccounted 0"));
    EXPECT_THAT(run.Report(), HasSubstr("out: queue: 4 put on disk = 4 waiting;"
                                        " what waits is safe on disk"));
  }
  QueuedRun next(folder_);
  ASSERT_TRUE(next.suite->Start().ok());
  next.Offer("4");
  EXPECT_TRUE(next.suite->Drain(kLong));
  EXPECT_THAT(PayloadsAt(*next.small.out),
              ElementsAre("1", "2", "3", "\"farewell\"", "4", "\"farewell\""));
  EXPECT_THAT(PayloadsAt(*next.fast), ElementsAre("4", "\"farewell\""));
  EXPECT_THAT(next.Report(), HasSubstr("out: queue: 4 found on disk"));
  EXPECT_EQ(next.suite->queued_events(), 0u);
  EXPECT_EQ(next.suite->UnaccountedEvents(), 0);
}

TEST_F(SuiteQueueTest, LetsTheLogGoOnWhileASinkDoesNot) {
  QueuedRun run(folder_, {}, /*with_log=*/true);
  run.FailSink();
  ASSERT_TRUE(run.suite->Start().ok());
  for (const char* payload : {"1", "2", "3"}) run.Offer(payload);
  EXPECT_TRUE(run.suite->Drain(kWhileTheSinkFails));
  EXPECT_EQ(run.suite->waiting_events(), 0u) << "in the log";
  EXPECT_EQ(run.suite->queued_events(), 4u);
  EXPECT_EQ(run.suite->metrics().settled_events(Settlement::kQueued), 4u);
  EXPECT_EQ(run.suite->UnaccountedEvents(), 0);
}

TEST_F(SuiteQueueTest, HasInItsBooksWhatAFullQueueGivesUp) {
  const SinkQueueLimits drops = {.when_full = FullQueue::kDropOldest};
  uint64_t waiting = 0;
  {
    QueuedRun run(folder_, drops, /*with_log=*/false, 1 << 20);
    run.FailSink();
    ASSERT_TRUE(run.suite->Start().ok());
    const std::string large = "\"" + std::string(100'000, 'x') + "\"";
    for (int i = 0; i < 40; ++i) run.Offer(large);
    EXPECT_TRUE(run.suite->Drain(kWhileTheSinkFails));
    waiting = run.suite->queued_events();
    EXPECT_LE(waiting, 13u);
    EXPECT_EQ(run.suite->UnaccountedEvents(), 0);
    EXPECT_THAT(run.Report(), HasSubstr(" given up + "));
    EXPECT_THAT(run.Report(),
                HasSubstr(" events given up before they were final, for it was "
                          "full (when_full: drop_oldest)"));
  }
  QueuedRun next(folder_, drops, /*with_log=*/false, 1 << 20);
  ASSERT_TRUE(next.suite->Start().ok());
  EXPECT_TRUE(next.suite->Drain(kLong));
  EXPECT_THAT(
      next.Report(),
      HasSubstr("out: queue: " + std::to_string(waiting) + " found on disk"));
  EXPECT_EQ(next.suite->UnaccountedEvents(), 0);
}

TEST_F(SuiteQueueTest, NamesASinkWhoseEventsWaitOnDisk) {
  QueuedRun run(folder_);
  run.FailSink();
  ASSERT_TRUE(run.suite->Start().ok());
  for (const char* payload : {"1", "2", "3"}) run.Offer(payload);
  while (run.suite->queued_events() < 3) std::this_thread::yield();
  EXPECT_THAT(run.suite->SlowestPart(),
              HasSubstr("sink 'out' (3 events wait on disk, "));
  run.suite->Drain(absl::ZeroDuration());
}

TEST_F(SuiteQueueTest, IsNotReadyWhileTheDiskOfAQueueRefuses) {
  QueuedRun run(folder_);
  run.FailSink();
  ASSERT_TRUE(run.suite->Start().ok());
  {
    ScopedFailpoints broken("log.append.before_write=error");
    for (const char* payload : {"1", "2"}) run.Offer(payload);
    const std::string said = "queue of sink 'out': its disk refuses events: ";
    while (run.health.Ready().Text().find(said) == std::string::npos) {
      std::this_thread::yield();
    }
  }
  const auto refusing = [&] {
    return run.registry.Snapshot().Sum(metric::kSinkQueueRefusing);
  };
  while (refusing() != 0) std::this_thread::yield();
  while (run.recorder.calls() < 2) std::this_thread::yield();
  EXPECT_THAT(run.recorder.names(), ElementsAre("queued"));
}

TEST_F(SuiteQueueTest, SaysWhyAQueueCantBeOpened) {
  QueuedRun first(folder_);
  ASSERT_TRUE(first.suite->Start().ok());
  QueuedRun second(folder_);
  const absl::Status status = second.suite->Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("sink 'out': queue: log folder '"));
}

TEST_F(SuiteQueueTest, RefusesTheQueueOfAnotherSink) {
  {
    QueuedRun run(folder_);
    ASSERT_TRUE(run.suite->Start().ok());
  }
  QueuedRun other("");
  CompiledSink sink;
  sink.name = "other";
  sink.queue.spill.emplace().path = folder_;
  const auto opened = OpenSinkLog("small", sink);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("small/out"));
}

TEST_F(SuiteQueueTest, SendsWhatFindsAFullQueueToTheDeadLetters) {
  QueuedRun run("", {.when_full = FullQueue::kDeadLetter});
  run.FailSink();
  ASSERT_TRUE(run.suite->Start().ok());
  for (const char* payload : {"1", "2", "3"}) run.Offer(payload);
  run.suite->Drain(absl::Milliseconds(500));
  EXPECT_THAT(PayloadsAt(*run.small.dead),
              Contains(HasSubstr("queue of sink 'out' is full")));
  EXPECT_THAT(run.Report(), HasSubstr("events found it full (when_full: "
                                      "dead_letter)"));
  EXPECT_EQ(run.suite->UnaccountedEvents(), 0);
}

TEST_F(SuiteQueueTest, FindsTheQueueOfASinkThatIsGone) {
  CompiledPipeline pipeline;
  pipeline.name = "small";
  pipeline.log.emplace().path = folder_ + ".log";
  EXPECT_THAT(LeftoverQueues(pipeline),
              Not(Contains(HasSubstr(folder_.substr(folder_.rfind('/'))))));
  {
    QueuedRun run(folder_);
    run.FailSink();
    ASSERT_TRUE(run.suite->Start().ok());
    for (const char* payload : {"1", "2", "3"}) run.Offer(payload);
    run.suite->Drain(absl::Milliseconds(300));
  }
  EXPECT_THAT(LeftoverQueues(pipeline),
              Contains(AllOf(HasSubstr("queue of a sink 'out'"),
                             HasSubstr("with undelivered events"))));
  CompiledSink sink;
  sink.name = "out";
  sink.queue.spill.emplace().path = folder_;
  pipeline.sinks.push_back(std::move(sink));
  EXPECT_THAT(LeftoverQueues(pipeline), IsEmpty());
}

}  // namespace
}  // namespace phoenix
