#include "libs/flow/outcome_collector.h"

#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/flow/test_batch.h"

namespace phoenix::flow {
namespace {

class OutcomeCollectorTest : public testing::Test {
 protected:
  static constexpr uint32_t kRows = 4;

  SettleCallback Upstream() {
    return [this](const BatchOutcome& outcome) {
      ++calls_;
      outcome_ = outcome;
    };
  }
  std::shared_ptr<OutcomeCollector> Create() {
    return OutcomeCollector::Create(input_, Upstream());
  }
  std::vector<Outcome> Rows() const {
    std::vector<Outcome> rows;
    for (uint32_t i = 0; i < outcome_->size(); ++i) {
      rows.push_back(outcome_->at(i));
    }
    return rows;
  }

  BatchView input_ = MakeTestBatch(kRows);
  int calls_ = 0;
  std::optional<BatchOutcome> outcome_;
};

TEST_F(OutcomeCollectorTest, SettlesAtOnceWhatWasFilteredEntirely) {
  auto collector = Create();
  collector->Settle(input_.rows, Outcome::kFiltered);
  EXPECT_EQ(calls_, 0);
  collector->Seal();
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(Rows(), std::vector<Outcome>(kRows, Outcome::kFiltered));
}

TEST_F(OutcomeCollectorTest, WaitsForEveryPart) {
  auto collector = Create();
  SettleCallback archive = collector->AddPart();
  SettleCallback alerts = collector->AddPart();
  collector->Seal();
  archive(BatchOutcome(kRows, Outcome::kDelivered));
  EXPECT_EQ(calls_, 0);
  alerts(BatchOutcome(kRows, Outcome::kDelivered));
  EXPECT_EQ(calls_, 1);
}

TEST_F(OutcomeCollectorTest, WaitsForTheSealWhenPartsAreFaster) {
  auto collector = Create();
  collector->AddPart()(BatchOutcome(kRows, Outcome::kDelivered));
  EXPECT_EQ(calls_, 0);
  collector->Seal();
  EXPECT_EQ(calls_, 1);
}

TEST_F(OutcomeCollectorTest, GivesEachRowTheGreatestOutcomeOfItsWays) {
  auto collector = Create();
  collector->Settle({0}, Outcome::kFiltered);
  SettleCallback archive = collector->AddPart();
  SettleCallback alerts = collector->AddPart();
  collector->Seal();
  BatchOutcome archived(kRows);
  archived.Merge(std::vector<uint32_t>{1, 2, 3}, Outcome::kDelivered);
  archive(archived);
  BatchOutcome alerted(kRows);
  alerted.Merge(2, Outcome::kDeadLettered);
  alerted.Merge(3, Outcome::kRetry);
  alerts(alerted);
  EXPECT_EQ(Rows(),
            (std::vector<Outcome>{Outcome::kFiltered, Outcome::kDelivered,
                                  Outcome::kDeadLettered, Outcome::kRetry}));
}

TEST_F(OutcomeCollectorTest, KeepsTheReasonsOfAllParts) {
  auto collector = Create();
  collector->Settle(Outcome::kDeadLettered,
                    {0, "step 'map'", absl::InvalidArgumentError("no field")});
  SettleCallback part = collector->AddPart();
  collector->Seal();
  BatchOutcome outcome(kRows, Outcome::kDelivered);
  outcome.AddDetail({1, "sink 'a'", absl::UnavailableError("down")});
  part(outcome);
  ASSERT_EQ(outcome_->details().size(), 2u);
  EXPECT_EQ(outcome_->details()[0].component, "step 'map'");
  EXPECT_EQ(outcome_->details()[1].component, "sink 'a'");
}

TEST_F(OutcomeCollectorTest, TranslatesThePartsOwnNumberingOfRows) {
  auto collector = Create();
  collector->Settle({0, 2}, Outcome::kFiltered);
  SettleCallback part = collector->AddPart({3, 1, 1});
  collector->Seal();
  BatchOutcome outcome(3, Outcome::kDelivered);
  outcome.Merge(2, Outcome::kRejected);
  outcome.AddDetail({2, "sink 'a'", absl::InvalidArgumentError("bad")});
  part(outcome);
  EXPECT_EQ(Rows(),
            (std::vector<Outcome>{Outcome::kFiltered, Outcome::kRejected,
                                  Outcome::kFiltered, Outcome::kDelivered}));
  EXPECT_EQ(outcome_->details()[0].row, 1u);
}

TEST_F(OutcomeCollectorTest, RetriesTheRowsOfAPartThatWasDropped) {
  auto collector = Create();
  collector->Settle({0, 1}, Outcome::kFiltered);
  { SettleCallback dropped = collector->AddPart(); }
  collector->Seal();
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(outcome_->Count(Outcome::kFiltered), 2u);
  EXPECT_EQ(outcome_->Count(Outcome::kRetry), 2u);
}

TEST_F(OutcomeCollectorTest, RetriesEverythingWhenItIsDroppedUnsealed) {
  Create().reset();
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(outcome_->Count(Outcome::kRetry), kRows);
}

TEST_F(OutcomeCollectorTest, RejectsARowThatWentNowhereAndSaysSo) {
  auto collector = Create();
  collector->Settle({0, 1, 3}, Outcome::kFiltered);
  collector->Seal();
  EXPECT_EQ(outcome_->at(2), Outcome::kRejected);
  ASSERT_EQ(outcome_->details().size(), 1u);
  EXPECT_TRUE(absl::IsInternal(outcome_->details()[0].status));
}

TEST_F(OutcomeCollectorTest, LeavesRowsAloneThatWereNotInTheInput) {
  input_.rows = {1, 2};
  auto collector = Create();
  collector->Settle({1, 2}, Outcome::kFiltered);
  collector->Seal();
  EXPECT_EQ(outcome_->at(0), Outcome::kPending);
  EXPECT_EQ(outcome_->at(3), Outcome::kPending);
  EXPECT_TRUE(outcome_->details().empty());
}

TEST_F(OutcomeCollectorTest, SettlesOnceWhenPartsSettleOnManyThreads) {
  for (int round = 0; round < 200; ++round) {
    calls_ = 0;
    auto collector = Create();
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([part = collector->AddPart()]() mutable {
        part(BatchOutcome(kRows, Outcome::kDelivered));
      });
    }
    collector->Seal();
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(calls_, 1);
  }
}

}  // namespace
}  // namespace phoenix::flow
