#include "libs/component/held_rows.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/outcome_recorder.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

TEST(WriteInProgressTest, SettlesWhenTheLastRowHasItsOutcome) {
  OutcomeRecorder recorder;
  WriteInProgress write(4, {0, 1, 3}, "out", recorder.Callback());
  write.Settle(0, 1, Outcome::kDelivered);
  write.Settle(2, 3, Outcome::kRetry, absl::UnavailableError("later"));
  EXPECT_EQ(recorder.calls(), 0u);
  EXPECT_EQ(write.unsettled_count(), 1u);
  write.Settle(1, 2, Outcome::kDelivered);
  ASSERT_EQ(recorder.calls(), 1u);
  EXPECT_THAT(recorder.names(),
              ElementsAre("delivered", "delivered", "pending", "retry"));
  ASSERT_EQ(recorder.outcome().details().size(), 1u);
  EXPECT_EQ(recorder.outcome().details()[0].row, 3u);
  EXPECT_EQ(recorder.outcome().details()[0].component, "out");
}

TEST(WriteInProgressTest, SettlesAtOnceWithoutRows) {
  OutcomeRecorder recorder;
  WriteInProgress write(2, {}, "out", recorder.Callback());
  EXPECT_EQ(recorder.calls(), 1u);
  write.Settle(0, 0, Outcome::kDelivered);
  EXPECT_EQ(recorder.calls(), 1u);
}

TEST(HeldRowsTest, SettlesRowsOfSeveralWrites) {
  OutcomeRecorder first_recorder;
  OutcomeRecorder second_recorder;
  auto first = std::make_shared<WriteInProgress>(3, Selection{0, 1, 2}, "out",
                                                 first_recorder.Callback());
  auto second = std::make_shared<WriteInProgress>(1, Selection{0}, "out",
                                                  second_recorder.Callback());
  HeldRows rows;
  rows.Add(first, 0);
  rows.Add(first, 1);
  rows.Add(second, 0);
  rows.Add(first, 2);
  EXPECT_EQ(rows.size(), 4u);
  rows.Settle(Outcome::kDelivered);
  EXPECT_TRUE(rows.empty());
  EXPECT_EQ(first_recorder.calls(), 1u);
  EXPECT_EQ(second_recorder.calls(), 1u);
}

TEST(HeldRowsTest, LetsASettledWriteAddRows) {
  HeldRows rows;
  OutcomeRecorder recorder;
  auto second = std::make_shared<WriteInProgress>(1, Selection{0}, "out",
                                                  recorder.Callback());
  auto first = std::make_shared<WriteInProgress>(
      1, Selection{0}, "out",
      [&](const BatchOutcome&) { rows.Add(second, 0); });
  rows.Add(first, 0);
  rows.Settle(Outcome::kDelivered);
  EXPECT_EQ(rows.size(), 1u);
  rows.Settle(Outcome::kDelivered);
  EXPECT_EQ(recorder.calls(), 1u);
}

TEST(HeldRowsTest, TakesTheRowsOfOthers) {
  OutcomeRecorder recorder;
  auto write = std::make_shared<WriteInProgress>(
      3, Selection{0, 1, 2}, "out", recorder.Callback(),
      BatchIdentity{.log = "l", .first_offset = 40});
  HeldRows rows;
  HeldRows others;
  others.Add(write, 0);
  rows.Add(write, 1);
  rows.Add(write, 2);
  others.Take(rows);
  EXPECT_TRUE(rows.empty());
  std::vector<int64_t> offsets;
  others.ForEach([&](const auto& held, size_t begin, size_t end) {
    for (; begin < end; ++begin) {
      offsets.push_back(held->identity().first_offset + held->rows()[begin]);
    }
  });
  EXPECT_THAT(offsets, ElementsAre(40, 41, 42));
  others.Settle(Outcome::kDelivered);
  EXPECT_EQ(recorder.calls(), 1u);
}

}  // namespace
}  // namespace phoenix
