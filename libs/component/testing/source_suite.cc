#include "libs/component/testing/source_suite.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/fake_outlet.h"
#include "libs/event/outcome.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAreArray;
using ::testing::StartsWith;
using ::testing::StrEq;
using ::testing::UnorderedElementsAreArray;

// The state of one test: an origin, its source and a pipeline.
class SourceRun {
 public:
  explicit SourceRun(const SourceSuiteOptions& options)
      : options_(options),
        fixture_(options.make_fixture()),
        source_(fixture_->MakeSource()) {}

  // The counter of whatever was refused was there from the start.
  ~SourceRun() {
    if (source_ == nullptr) return;
    for (const auto& [reason, count] : outlet_.rejected()) {
      EXPECT_THAT(source_->refusal_reasons(), Contains(StrEq(reason)));
    }
  }
  SourceRun(const SourceRun&) = delete;
  SourceRun& operator=(const SourceRun&) = delete;

  void Start() {
    const absl::Status started = source_->Start(outlet_);
    ASSERT_TRUE(started.ok()) << started;
  }

  // Everything has been offered, once, and in order within each lane.
  void ExpectOffered(const std::vector<std::string>& payloads) {
    ASSERT_TRUE(outlet_.WaitForEvents(payloads.size()));
    if (!options_.keeps_payloads) return;
    EXPECT_THAT(outlet_.payloads(), UnorderedElementsAreArray(payloads));
    std::map<uint64_t, std::vector<std::string>> lanes;
    for (const auto& event : outlet_.events()) {
      lanes[event.lane].push_back(event.payload);
    }
    if (lanes.size() == 1) {
      EXPECT_THAT(lanes.begin()->second, ElementsAreArray(payloads));
    }
  }

  // Ends the source, and goes on with another for the same origin.
  void StartAgain() {
    source_->Stop();
    source_ = nullptr;
    source_ = fixture_->MakeSource();
    Start();
  }

  SourceFixture& fixture() { return *fixture_; }
  Source& source() { return *source_; }
  void DestroySource() { source_ = nullptr; }
  FakeOutlet& outlet() { return outlet_; }

 private:
  const SourceSuiteOptions& options_;
  FakeOutlet outlet_;
  const std::unique_ptr<SourceFixture> fixture_;
  std::unique_ptr<Source> source_;
};

std::vector<std::string> NumberedPayloads(int count) {
  std::vector<std::string> payloads;
  for (int i = 0; i < count; ++i) {
    payloads.push_back("{\"n\":" + std::to_string(i) + "}");
  }
  return payloads;
}

void OffersEverythingOnceAndInOrder(SourceRun& run) {
  run.Start();
  run.fixture().Produce(NumberedPayloads(100));
  run.ExpectOffered(NumberedPayloads(100));
  run.source().StopAccepting();
  run.source().Stop();
}

void GivesEachEventItsAttributes(SourceRun& run) {
  run.Start();
  run.fixture().Produce(NumberedPayloads(3));
  ASSERT_TRUE(run.outlet().WaitForEvents(3));
  run.source().Stop();
  for (const EventBatchPtr& batch : run.outlet().batches()) {
    for (uint32_t row = 0; row < batch->size(); ++row) {
      for (auto wanted :
           {Attribute::kId, Attribute::kSource, Attribute::kType}) {
        EXPECT_NE(batch->attribute(wanted).ToString(row), "");
      }
    }
  }
}

void HoldsBackWithoutCredit(SourceRun& run) {
  run.outlet().SetCredit(0);
  run.Start();
  run.fixture().Produce(NumberedPayloads(50));
  ASSERT_TRUE(run.outlet().WaitForWaiters(1));
  EXPECT_EQ(run.outlet().event_count(), 0u);
  run.outlet().SetCredit(FakeOutlet::kUnlimited);
  run.ExpectOffered(NumberedPayloads(50));
  run.source().Stop();
}

void OffersNothingAfterStopAccepting(SourceRun& run) {
  run.outlet().SetCredit(0);
  run.Start();
  run.fixture().Produce(NumberedPayloads(50));
  ASSERT_TRUE(run.outlet().WaitForRefusals(1));
  run.source().StopAccepting();
  run.outlet().SetCredit(FakeOutlet::kUnlimited);
  run.source().Stop();
  EXPECT_EQ(run.outlet().event_count(), 0u);
}

void TakesOutcomesWhileItDrains(SourceRun& run) {
  run.outlet().SetAutoSettle(false);
  run.Start();
  run.fixture().Produce(NumberedPayloads(5));
  ASSERT_TRUE(run.outlet().WaitForEvents(5));
  run.source().StopAccepting();
  run.outlet().Settle(Outcome::kDelivered);
  run.source().Stop();
}

void IgnoresOutcomesAfterItsEnd(SourceRun& run) {
  run.outlet().SetAutoSettle(false);
  run.Start();
  run.fixture().Produce(NumberedPayloads(5));
  ASSERT_TRUE(run.outlet().WaitForEvents(5));
  run.source().Stop();
  run.DestroySource();
  EXPECT_GT(run.outlet().Settle(Outcome::kRetry), 0u);
}

void IgnoresCreditAfterItsEnd(SourceRun& run) {
  run.outlet().SetCredit(0);
  run.Start();
  run.fixture().Produce(NumberedPayloads(5));
  ASSERT_TRUE(run.outlet().WaitForRefusals(1));
  run.source().Stop();
  run.DestroySource();
  run.outlet().SetCredit(FakeOutlet::kUnlimited);
  EXPECT_EQ(run.outlet().event_count(), 0u);
}

void StopsWithoutHavingBeenUsed(SourceRun& run) {
  run.outlet().SetCredit(0);
  run.Start();
  run.source().Stop();
}

void CountsWhatCantBecomeAnEvent(SourceRun& run) {
  run.Start();
  run.fixture().ProduceInvalid();
  EXPECT_TRUE(run.outlet().WaitForRejected(1));
  run.source().Stop();
}

void OffersWhatCantBeRead(SourceRun& run) {
  run.Start();
  run.fixture().ProduceInvalid();
  ASSERT_TRUE(run.outlet().WaitForUnreadable(1));
  run.source().Stop();
  const FakeOutlet::Unreadable row = run.outlet().unreadable()[0];
  EXPECT_EQ(row.bytes, run.fixture().InvalidBytes());
  EXPECT_NE(row.place, "");
  EXPECT_THAT(row.error, StartsWith(row.place + ": "));
}

void GoesOnBehindWhatHasSettled(SourceRun& run) {
  run.Start();
  run.fixture().Produce(NumberedPayloads(5));
  ASSERT_TRUE(run.outlet().WaitForEvents(5));
  run.StartAgain();
  run.fixture().Produce({"{\"n\":5}"});
  run.ExpectOffered(NumberedPayloads(6));
  run.source().Stop();
}

void OffersAgainWhatHasNotSettled(SourceRun& run) {
  run.outlet().SetAutoSettle(false);
  run.Start();
  run.fixture().Produce(NumberedPayloads(5));
  ASSERT_TRUE(run.outlet().WaitForEvents(5));
  run.outlet().Settle(Outcome::kRetry);
  run.StartAgain();
  EXPECT_TRUE(run.outlet().WaitForEvents(10));
  run.source().Stop();
  run.outlet().Settle(Outcome::kRetry);
}

void HoldsItsPositionForADeadLetter(SourceRun& run) {
  run.outlet().SetAutoSettle(false);
  run.Start();
  run.fixture().ProduceInvalid();
  ASSERT_TRUE(run.outlet().WaitForUnreadable(1));
  run.outlet().Settle(Outcome::kRetry);
  run.StartAgain();
  ASSERT_TRUE(run.outlet().WaitForUnreadable(2));
  run.outlet().Settle(Outcome::kDeadLettered);
  run.StartAgain();
  run.fixture().Produce(NumberedPayloads(1));
  ASSERT_TRUE(run.outlet().WaitForEvents(1));
  run.source().Stop();
  EXPECT_EQ(run.outlet().unreadable().size(), 2u);
}

void SaysThatItsPlaceIsTaken(SourceRun& run) {
  run.Start();
  const std::unique_ptr<Source> rival = run.fixture().MakeRival();
  ASSERT_NE(rival, nullptr);
  const absl::Status started = rival->Start(run.outlet());
  EXPECT_EQ(started.code(), absl::StatusCode::kFailedPrecondition) << started;
  run.source().Stop();
}

struct Clause {
  const char* test_name;
  void (*check)(SourceRun&);
  // The option without which the clause does not apply; null: all sources.
  bool SourceSuiteOptions::*needs = nullptr;
};

constexpr Clause kClauses[] = {
    {"SRC1_OffersEverythingOnceAndInOrder", &OffersEverythingOnceAndInOrder},
    {"SRC2_GivesEachEventItsAttributes", &GivesEachEventItsAttributes},
    {"SRC3_HoldsBackWithoutCredit", &HoldsBackWithoutCredit,
     &SourceSuiteOptions::waits_for_credit},
    {"SRC4_OffersNothingAfterStopAccepting", &OffersNothingAfterStopAccepting},
    {"SRC5_TakesOutcomesWhileItDrains", &TakesOutcomesWhileItDrains},
    {"SRC6_IgnoresOutcomesAfterItsEnd", &IgnoresOutcomesAfterItsEnd},
    {"SRC7_IgnoresCreditAfterItsEnd", &IgnoresCreditAfterItsEnd},
    {"SRC8_StopsWithoutHavingBeenUsed", &StopsWithoutHavingBeenUsed},
    {"SRC9_CountsWhatCantBecomeAnEvent", &CountsWhatCantBecomeAnEvent,
     &SourceSuiteOptions::has_invalid_input},
    {"SRC10_SaysThatItsPlaceIsTaken", &SaysThatItsPlaceIsTaken,
     &SourceSuiteOptions::is_exclusive},
    {"SRC11_OffersWhatCantBeRead", &OffersWhatCantBeRead,
     &SourceSuiteOptions::pulls},
    {"SRC12_GoesOnBehindWhatHasSettled", &GoesOnBehindWhatHasSettled,
     &SourceSuiteOptions::pulls},
    {"SRC13_OffersAgainWhatHasNotSettled", &OffersAgainWhatHasNotSettled,
     &SourceSuiteOptions::pulls},
    {"SRC14_HoldsItsPositionForADeadLetter", &HoldsItsPositionForADeadLetter,
     &SourceSuiteOptions::pulls},
};

class ClauseTest : public testing::Test {
 public:
  ClauseTest(const SourceSuiteOptions& options, const Clause& clause)
      : options_(options), clause_(clause) {}
  void TestBody() override {
    SourceRun run(options_);
    clause_.check(run);
  }

 private:
  const SourceSuiteOptions options_;
  const Clause clause_;
};

}  // namespace

bool RegisterSourceSuite(const SourceSuiteOptions& options) {
  const std::string suite = options.name + "SourceSuite";
  for (const Clause& clause : kClauses) {
    if (clause.needs != nullptr && !(options.*clause.needs)) continue;
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
