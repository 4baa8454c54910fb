#include "services/router/router.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/rules/rule_set.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    std::vector<RuleError> errors;
    routes_.resize(2);
    routes_[0].name = "hot";
    routes_[0].position = {.line = 12, .column = 5};
    routes_[0].when = rules_.AddCondition("data.t > 80", errors);
    routes_[0].sinks = {0};
    routes_[1].name = "warm";
    routes_[1].when = rules_.AddCondition("data.t > 20", errors);
    routes_[1].sinks = {1};
  }

  // Routes all rows of a batch; the outcomes appear in `outcome_`.
  void Route(const std::vector<std::string>& payloads) {
    RouteTable table(routes_, 2);
    Router router(table,
                  {{&alerts_, {.line = 20, .column = 5}},
                   {&archive_, {.line = 22, .column = 5}}},
                  dead_letters_);
    Frame frame(*rules_.Build());
    BatchView view = WholeView(JsonBatch(payloads));
    frame.Reset(view.batch);
    auto collector = flow::OutcomeCollector::Create(
        view, [this](const BatchOutcome& outcome) { outcome_ = outcome; });
    router.Route(frame, view.rows, view.batch, *collector);
    collector->Seal();
  }

  std::optional<BatchOutcome> outcome_;  // Outlives whoever settles.
  RuleSetBuilder rules_;
  std::vector<CompiledRoute> routes_;
  FakeSinkPort alerts_{"alerts"};
  FakeSinkPort archive_{"archive"};
  FakeDeadLetters dead_letters_;
};

TEST_F(RouterTest, SettlesARowWhenAllItsSinksHaveIt) {
  Route({R"({"t":90})"});
  EXPECT_FALSE(outcome_.has_value());
  alerts_.Settle(0, Outcome::kDelivered);
  EXPECT_FALSE(outcome_.has_value());
  archive_.Settle(0, Outcome::kDelivered);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kDelivered);
}

TEST_F(RouterTest, HandsEachSinkItsRows) {
  Route({R"({"t":90})", R"({"t":30})"});
  EXPECT_THAT(alerts_.views[0].rows, ElementsAre(0));
  EXPECT_THAT(archive_.views[0].rows, ElementsAre(0, 1));
}

TEST_F(RouterTest, FiltersWhatNoRouteTakes) {
  Route({R"({"t":1})"});
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kFiltered);
  EXPECT_THAT(alerts_.views, IsEmpty());
}

TEST_F(RouterTest, DeadLettersARowWhoseConditionFails) {
  Route({R"({"x":1})"});
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kDeadLettered);
  ASSERT_EQ(dead_letters_.posted.size(), 1u);
  EXPECT_EQ(dead_letters_.posted[0].component, "hot");
  EXPECT_EQ(dead_letters_.posted[0].position.line, 12);
}

TEST_F(RouterTest, DeadLettersARowThatASinkRejects) {
  Route({R"({"t":30})", R"({"t":31})"});
  BatchOutcome said(2);
  said.Merge(0, Outcome::kDelivered);
  said.Merge(1, Outcome::kRejected);
  said.AddDetail({1, "archive", absl::InvalidArgumentError("too odd")});
  archive_.settles[0](said);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kDelivered);
  EXPECT_EQ(outcome_->at(1), Outcome::kDeadLettered);
  ASSERT_EQ(dead_letters_.posted.size(), 1u);
  EXPECT_EQ(dead_letters_.posted[0].row, 1u);
  EXPECT_EQ(dead_letters_.posted[0].component, "archive");
  EXPECT_EQ(dead_letters_.posted[0].position.line, 22);
  EXPECT_EQ(dead_letters_.posted[0].status.message(), "too odd");
}

TEST_F(RouterTest, PassesOnThatASinkWantsARetry) {
  Route({R"({"t":30})"});
  archive_.Settle(0, Outcome::kRetry);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kRetry);
}

}  // namespace
}  // namespace phoenix
