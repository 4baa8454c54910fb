#include "services/ingestor/intake.h"

#include <optional>

#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/flow/back_pressure.h"
#include "libs/flow/simulation/scheduler.h"
#include "services/ingestor/testing/memory_log.h"

namespace phoenix {
namespace {

class LogIntakeTest : public ::testing::Test {
 protected:
  absl::Status Take(std::vector<std::string> payloads, uint64_t lane = 0) {
    return intake_.Take(
        JsonBatch(payloads), lane,
        [this](const BatchOutcome& outcome) { outcome_ = outcome; });
  }

  void Run() {
    while (scheduler_.Step()) {
    }
  }

  flow::simulation::Scheduler scheduler_{1};
  MemoryLog log_{scheduler_};
  LogIntake intake_{log_};
  std::optional<BatchOutcome> outcome_;
};

TEST_F(LogIntakeTest, SettlesWhenTheLogHasTheBatchAndNotBefore) {
  log_.Hold();
  ASSERT_TRUE(Take({"1", "2"}).ok());
  Run();
  EXPECT_FALSE(outcome_.has_value());
  log_.Release();
  Run();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->Count(Outcome::kLogged), 2u);
  EXPECT_EQ(intake_.ack_level(), AckLevel::kDisk);
}

TEST_F(LogIntakeTest, PromisesWhatTheWeakestPlaceHolds) {
  EXPECT_EQ(LogIntake(log_, Durability::kOs).ack_level(), AckLevel::kOs);
  EXPECT_EQ(LogIntake(log_, Durability::kReplicated).ack_level(),
            AckLevel::kDisk);
}

TEST(LaneIntakeTest, PromisesDeliveryUnlessAQueueMayHaveTheEvent) {
  EXPECT_EQ(LaneIntake({}).ack_level(), AckLevel::kDelivered);
  EXPECT_EQ(LaneIntake({}, Durability::kOs).ack_level(), AckLevel::kOs);
  EXPECT_EQ(LaneIntake({}, Durability::kDisk).ack_level(), AckLevel::kDisk);
}

TEST_F(LogIntakeTest, KeepsTheLane) {
  ASSERT_TRUE(Take({"1"}, 7).ok());
  Run();
  const auto reader = log_.Read(0, 0);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*(*reader)->Next())->lane, 7u);
}

TEST_F(LogIntakeTest, GivesEventsBackWhenTheLogFails) {
  log_.FailAppends(absl::UnavailableError("cannot sync"));
  ASSERT_TRUE(Take({"1", "2"}).ok());
  Run();
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->Count(Outcome::kRetry), 2u);
  ASSERT_EQ(outcome_->details().size(), 1u);
  EXPECT_EQ(outcome_->details()[0].status.message(), "cannot sync");
}

TEST_F(LogIntakeTest, RefusesWhileTheLogIsFullAndSaysWhenItIsNot) {
  log_.SetFull(true);
  const absl::Status refused = Take({"1"});
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(flow::RetryDelayOf(refused).has_value());
  bool ready = false;
  intake_.WhenReady([&] { ready = true; });
  Run();
  EXPECT_FALSE(ready);
  log_.SetFull(false);
  Run();
  EXPECT_TRUE(ready);
  EXPECT_FALSE(outcome_.has_value());
}

TEST_F(LogIntakeTest, TellsProducersAtOnceWhenAFullLogIsToReject) {
  log_.SetFullPolicy(FullPolicy::kReject);
  log_.SetFull(true);
  ASSERT_TRUE(Take({"1", "2"}).ok());
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->Count(Outcome::kRetry), 2u);
  ASSERT_EQ(outcome_->details().size(), 1u);
  EXPECT_TRUE(flow::RetryDelayOf(outcome_->details()[0].status).has_value());
}

TEST_F(LogIntakeTest, RejectsABatchThatTheLogCanNeverTake) {
  log_.RefuseAppends(absl::InvalidArgumentError("batch is too large"));
  ASSERT_TRUE(Take({"1", "2"}).ok());
  ASSERT_TRUE(outcome_.has_value());
  EXPECT_EQ(outcome_->Count(Outcome::kRejected), 2u);
  ASSERT_EQ(outcome_->details().size(), 1u);
  EXPECT_EQ(outcome_->details()[0].status.message(), "batch is too large");
}

TEST_F(LogIntakeTest, IsUnavailableOnceTheLogIsClosed) {
  ASSERT_TRUE(log_.Close().ok());
  EXPECT_EQ(Take({"1"}).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(outcome_.has_value());
}

}  // namespace
}  // namespace phoenix
