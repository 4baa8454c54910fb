#include "libs/component/testing/sink_suite.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// The state of one test: a destination and its sink, opened.
class SinkRun {
 public:
  explicit SinkRun(const SinkSuiteOptions& options)
      : options_(options),
        fixture_(options.make_fixture()),
        sink_(fixture_->MakeSink()) {
    EXPECT_TRUE(sink_->Open().ok());
  }

  Sink& sink() { return *sink_; }
  SinkFixture& fixture() { return *fixture_; }

  void ExpectArrived(const std::vector<std::string>& payloads) {
    if (!options_.keeps_events) return;
    EXPECT_THAT(fixture_->Arrived(), ElementsAreArray(payloads));
  }

 private:
  const SinkSuiteOptions& options_;
  const std::unique_ptr<SinkFixture> fixture_;
  const std::unique_ptr<Sink> sink_;
};

std::vector<std::string> NumberedPayloads(int from, int count) {
  std::vector<std::string> payloads;
  for (int i = from; i < from + count; ++i) {
    payloads.push_back("{\"n\":" + std::to_string(i) + "}");
  }
  return payloads;
}

void SettlesEveryRowOnce(SinkRun& run) {
  OutcomeRecorder recorder;
  run.sink().Write(AllOf(MakeBatch(NumberedPayloads(0, 100))),
                   recorder.Callback());
  run.sink().Flush();
  run.sink().Flush();
  EXPECT_TRUE(run.sink().Close().ok());
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(), Each("delivered"));
  run.ExpectArrived(NumberedPayloads(0, 100));
}

void LeavesOtherRowsAlone(SinkRun& run) {
  OutcomeRecorder recorder;
  BatchView view{MakeBatch(NumberedPayloads(0, 4)), {1, 3}};
  run.sink().Write(std::move(view), recorder.Callback());
  run.sink().Flush();
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(),
              ElementsAre("pending", "delivered", "pending", "delivered"));
  run.ExpectArrived({"{\"n\":1}", "{\"n\":3}"});
  EXPECT_TRUE(run.sink().Close().ok());
}

void SettlesAViewWithoutRows(SinkRun& run) {
  OutcomeRecorder recorder;
  run.sink().Write({MakeBatch(NumberedPayloads(0, 2)), {}},
                   recorder.Callback());
  run.sink().Flush();
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(), Each("pending"));
  EXPECT_TRUE(run.sink().Close().ok());
  run.ExpectArrived({});
}

void SettlesAllOnFlush(SinkRun& run) {
  OutcomeRecorder recorders[3];
  for (OutcomeRecorder& recorder : recorders) {
    run.sink().Write(AllOf(MakeBatch(NumberedPayloads(0, 1))),
                     recorder.Callback());
  }
  run.sink().Flush();
  for (OutcomeRecorder& recorder : recorders) {
    ASSERT_EQ(recorder.calls(), 1u);
    EXPECT_THAT(recorder.names(), Each("delivered"));
  }
  EXPECT_TRUE(run.sink().Close().ok());
}

void SettlesAllOnClose(SinkRun& run) {
  OutcomeRecorder recorder;
  run.sink().Write(AllOf(MakeBatch(NumberedPayloads(0, 3))),
                   recorder.Callback());
  EXPECT_TRUE(run.sink().Close().ok());
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(), Each("delivered"));
  run.ExpectArrived(NumberedPayloads(0, 3));
}

void KeepsTheOrder(SinkRun& run) {
  std::vector<std::string> all;
  OutcomeRecorder recorder;
  for (int i = 0; i < 20; ++i) {
    const auto payloads = NumberedPayloads(i * 50, 50);
    all.insert(all.end(), payloads.begin(), payloads.end());
    run.sink().Write(AllOf(MakeBatch(payloads)), recorder.Callback());
    if (i % 7 == 3) run.sink().Flush();
  }
  EXPECT_TRUE(run.sink().Close().ok());
  EXPECT_EQ(recorder.calls(), 20u);
  run.ExpectArrived(all);
}

void KeepsEventsApart(SinkRun& run) {
  OutcomeRecorder recorder;
  const std::string large = "{\"text\":\"" + std::string(300'000, 'x') + "\"}";
  run.sink().Write(AllOf(MakeBatch({std::string("{\n\"n\":\r\n1}"), large,
                                    std::string("{\"n\":2}")})),
                   recorder.Callback());
  EXPECT_TRUE(run.sink().Close().ok());
  EXPECT_THAT(recorder.names(), Each("delivered"));
  run.ExpectArrived({"{ \"n\":  1}", large, "{\"n\":2}"});
}

void SaysWhyARowIsNotDelivered(SinkRun& run) {
  ASSERT_TRUE(run.fixture().Break());
  OutcomeRecorder recorder;
  run.sink().Write({MakeBatch(NumberedPayloads(0, 3)), {0, 2}},
                   recorder.Callback());
  run.sink().Flush();
  ASSERT_EQ(recorder.calls(), 1u);
  const BatchOutcome& outcome = recorder.outcome();
  std::vector<uint32_t> explained;
  for (const OutcomeDetail& detail : outcome.details()) {
    EXPECT_FALSE(detail.status.ok());
    EXPECT_FALSE(detail.component.empty());
    explained.push_back(detail.row);
  }
  EXPECT_THAT(explained, ElementsAre(0u, 2u));
  for (uint32_t row : {0u, 2u}) {
    EXPECT_TRUE(outcome.at(row) == Outcome::kRetry ||
                outcome.at(row) == Outcome::kRejected);
  }
  EXPECT_EQ(outcome.at(1), Outcome::kPending);
  run.sink().Close().IgnoreError();
}

struct Clause {
  const char* test_name;
  void (*check)(SinkRun&);
  bool needs_break = false;
};

constexpr Clause kClauses[] = {
    {"SNK1_SettlesEveryRowOnce", &SettlesEveryRowOnce},
    {"SNK2_LeavesOtherRowsAlone", &LeavesOtherRowsAlone},
    {"SNK3_SettlesAViewWithoutRows", &SettlesAViewWithoutRows},
    {"SNK4_SettlesAllOnFlush", &SettlesAllOnFlush},
    {"SNK5_SettlesAllOnClose", &SettlesAllOnClose},
    {"SNK6_KeepsTheOrder", &KeepsTheOrder},
    {"SNK7_KeepsEventsApart", &KeepsEventsApart},
    {"SNK8_SaysWhyARowIsNotDelivered", &SaysWhyARowIsNotDelivered, true},
};

class ClauseTest : public testing::Test {
 public:
  ClauseTest(const SinkSuiteOptions& options, const Clause& clause)
      : options_(options), clause_(clause) {}
  void TestBody() override {
    SinkRun run(options_);
    clause_.check(run);
  }

 private:
  const SinkSuiteOptions options_;
  const Clause clause_;
};

}  // namespace

bool RegisterSinkSuite(const SinkSuiteOptions& options) {
  const std::string suite = options.name + "SinkSuite";
  for (const Clause& clause : kClauses) {
    if (clause.needs_break && !options.can_break) continue;
    testing::RegisterTest(
        suite.c_str(), clause.test_name, nullptr, nullptr, __FILE__, __LINE__,
        [options, clause]() -> testing::Test* {
          // GoogleTest deletes it.
          return std::make_unique<ClauseTest>(options, clause).release();
        });
  }
  return true;
}

}  // namespace phoenix
