#include "libs/component/testing/operator_suite.h"

#include <algorithm>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/operator_harness.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

// The operator of one test, and its options.
struct SuiteRun {
  const OperatorSuiteOptions& options;
  OperatorHarness harness;
};

// Where every row went, in order.
Selection AllRows(const StepResult& result) {
  Selection rows = result.passed;
  rows.insert(rows.end(), result.filtered.begin(), result.filtered.end());
  for (const RowError& error : result.failed) rows.push_back(error.row);
  std::sort(rows.begin(), rows.end());
  return rows;
}

void AccountsForEveryRowOnce(SuiteRun& run) {
  const StepResult result = run.harness.Process(run.options.payloads);
  Selection all;
  SelectAll(run.options.payloads.size(), all);
  EXPECT_THAT(AllRows(result), ElementsAreArray(all));
  EXPECT_FALSE(result.passed.empty()) << "the suite wants rows that pass";
}

void KeepsRowsInOrder(SuiteRun& run) {
  const StepResult result = run.harness.Process(run.options.payloads);
  EXPECT_TRUE(std::is_sorted(result.passed.begin(), result.passed.end()));
  EXPECT_TRUE(std::is_sorted(result.filtered.begin(), result.filtered.end()));
  const std::vector<uint32_t> failed = result.failed_rows();
  EXPECT_TRUE(std::is_sorted(failed.begin(), failed.end()));
}

void TouchesOnlyTheRowsThatCame(SuiteRun& run) {
  const EventBatchPtr batch = MakeBatch(run.options.payloads);
  Selection odd;
  for (uint32_t row = 1; row < batch->size(); row += 2) odd.push_back(row);
  EXPECT_THAT(AllRows(run.harness.Process(batch, odd)), ElementsAreArray(odd));
}

void TakesAnEmptySelection(SuiteRun& run) {
  const StepResult result =
      run.harness.Process(MakeBatch(run.options.payloads), {});
  EXPECT_THAT(AllRows(result), IsEmpty());
}

void SaysWhyARowFailed(SuiteRun& run) {
  std::vector<std::string> payloads = run.options.payloads;
  payloads.insert(payloads.end(), {"{}", "[]", "1", "null"});
  for (const RowError& error : run.harness.Process(payloads).failed) {
    EXPECT_FALSE(error.status.ok());
    EXPECT_FALSE(error.status.message().empty());
  }
}

void KeepsTheNumberingOfRows(SuiteRun& run) {
  const EventBatchPtr before = MakeBatch(run.options.payloads);
  Selection rows;
  SelectAll(before->size(), rows);
  const StepResult result = run.harness.Process(before, rows);
  ASSERT_EQ(result.batch->size(), before->size());
  for (uint32_t row : result.passed) {
    EXPECT_EQ(result.batch->attribute(Attribute::kId).ToString(row),
              before->attribute(Attribute::kId).ToString(row));
  }
}

void GivesTheSameForTheSame(SuiteRun& run) {
  const StepResult first = run.harness.Process(run.options.payloads);
  const StepResult second = run.harness.Process(run.options.payloads);
  EXPECT_EQ(first.passed, second.passed);
  EXPECT_EQ(first.payloads(), second.payloads());
}

void ServesSeveralLanesAtOnce(SuiteRun& run) {
  const StepResult expected = run.harness.Process(run.options.payloads);
  std::vector<std::thread> lanes;
  for (int i = 0; i < 4; ++i) {
    lanes.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const StepResult result = run.harness.Process(run.options.payloads);
        EXPECT_EQ(result.passed, expected.passed);
      }
    });
  }
  for (std::thread& lane : lanes) lane.join();
}

void MakesWholeEvents(SuiteRun& run) {
  run.harness.Process(run.options.payloads);
  const auto batches =
      run.harness.get()->Tick(run.harness.clock().Now(), /*last=*/true);
  for (const EventBatchPtr& batch : batches) {
    ASSERT_NE(batch, nullptr);
    for (uint32_t row = 0; row < batch->size(); ++row) {
      for (Attribute attribute :
           {Attribute::kId, Attribute::kSource, Attribute::kType}) {
        EXPECT_TRUE(batch->attribute(attribute).HasValue(row));
      }
    }
  }
}

struct Clause {
  const char* test_name;
  void (*check)(SuiteRun&);
};

constexpr Clause kClauses[] = {
    {"OPR1_AccountsForEveryRowOnce", &AccountsForEveryRowOnce},
    {"OPR2_KeepsRowsInOrder", &KeepsRowsInOrder},
    {"OPR3_TouchesOnlyTheRowsThatCame", &TouchesOnlyTheRowsThatCame},
    {"OPR4_TakesAnEmptySelection", &TakesAnEmptySelection},
    {"OPR5_SaysWhyARowFailed", &SaysWhyARowFailed},
    {"OPR6_KeepsTheNumberingOfRows", &KeepsTheNumberingOfRows},
    {"OPR7_GivesTheSameForTheSame", &GivesTheSameForTheSame},
    {"OPR8_ServesSeveralLanesAtOnce", &ServesSeveralLanesAtOnce},
    {"OPR9_MakesWholeEvents", &MakesWholeEvents},
};

class ClauseTest : public testing::Test {
 public:
  ClauseTest(const OperatorSuiteOptions& options, const Clause& clause)
      : options_(options), clause_(clause) {}

  void TestBody() override {
    SuiteRun run{options_,
                 OperatorHarness(options_.register_kind, options_.config)};
    ASSERT_THAT(run.harness.errors(), IsEmpty());
    clause_.check(run);
  }

 private:
  const OperatorSuiteOptions options_;
  const Clause clause_;
};

}  // namespace

bool RegisterOperatorSuite(const OperatorSuiteOptions& options) {
  const std::string suite = options.name + "OperatorSuite";
  for (const Clause& clause : kClauses) {
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
