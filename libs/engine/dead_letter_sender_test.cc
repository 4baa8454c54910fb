#include "libs/engine/dead_letter_sender.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/telemetry/captured_log.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DeadLetterSenderTest : public ::testing::Test {
 protected:
  void Post(const std::vector<uint32_t>& rows,
            const std::string& component = "plausible") {
    std::vector<DeadLetterRow> dead;
    for (uint32_t row : rows) {
      dead.push_back({.row = row,
                      .component = component,
                      .position = {.line = 4, .column = 2},
                      .status = absl::InvalidArgumentError("no field 'x'")});
    }
    sender_.Post(JsonBatch({R"({"n":0})", R"({"n":1})", R"({"n":2})"}),
                 std::move(dead),
                 [this](const BatchOutcome& said) { outcome_ = said; });
  }

  FakeClock clock_;
  FakeSinkPort sink_{"errors"};
  CapturedLog log_;
  DeadLetterSender sender_{"telemetry", "r1", sink_, clock_,
                           Logger(log_, clock_)};
  std::optional<BatchOutcome> outcome_;
};

TEST_F(DeadLetterSenderTest, SendsErrorPlaceAndOriginal) {
  Post({1});
  ASSERT_EQ(sink_.views.size(), 1u);
  ASSERT_EQ(sink_.views[0].batch->size(), 1u);
  const std::string letter(sink_.views[0].batch->payload(0));
  EXPECT_THAT(letter, HasSubstr("no field 'x'"));
  EXPECT_THAT(letter, HasSubstr("plausible"));
  EXPECT_THAT(letter, HasSubstr(R"({"n":1})"));
  EXPECT_THAT(letter, HasSubstr("telemetry"));
}

TEST_F(DeadLetterSenderTest, SettlesTheEventsWhenTheSinkHasTheLetters) {
  Post({0, 2});
  EXPECT_FALSE(outcome_.has_value());
  sink_.Settle(0, Outcome::kDelivered);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(0), Outcome::kDeadLettered);
  EXPECT_EQ(outcome_->at(1), Outcome::kPending);
  EXPECT_EQ(outcome_->at(2), Outcome::kDeadLettered);
}

TEST_F(DeadLetterSenderTest, KeepsAnEventWhoseLetterCanNeverBeTaken) {
  Post({2});
  BatchOutcome said(1, Outcome::kRejected);
  said.AddDetail({0, "errors", absl::InternalError("no")});
  sink_.settles[0](said);
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->at(2), Outcome::kRetry);
  ASSERT_EQ(outcome_->details().size(), 1u);
  EXPECT_EQ(outcome_->details()[0].row, 2u);
  EXPECT_EQ(outcome_->details()[0].status,
            absl::UnavailableError("the dead-letter sink refuses it: no"));
  EXPECT_EQ(log_.Count("The dead-letter sink refuses dead letters."), 1);
  EXPECT_EQ(log_.Count("component.name=errors"), 1);
}

TEST_F(DeadLetterSenderTest, LogsTheComponentAndItsError) {
  Post({0, 2});
  ASSERT_EQ(log_.lines().size(), 1u);
  EXPECT_THAT(
      log_.lines()[0],
      AllOf(HasSubstr(" warn Events go to the dead letters."),
            HasSubstr("component.name=plausible"), HasSubstr("events=2"),
            HasSubstr("error=\"INVALID_ARGUMENT: no field ")));
}

TEST_F(DeadLetterSenderTest, LogsOneLineAComponentAndInterval) {
  for (int i = 0; i < 50; ++i) Post({0});
  Post({1}, "partner");
  EXPECT_EQ(log_.Count("component.name=plausible"), 1);
  EXPECT_EQ(log_.Count("component.name=partner"), 1);
  clock_.Advance(kLogRepeatInterval);
  Post({0});
  EXPECT_EQ(log_.Count("component.name=plausible"), 2);
}

}  // namespace
}  // namespace phoenix
