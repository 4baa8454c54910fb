#include "tools/phoenix/dlq/letter_source.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/sinks/testing/temp_directory.h"
#include "libs/sqlite/database.h"
#include "tools/phoenix/dlq/dlq_testing.h"
#include "tools/phoenix/dlq/table_letters.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Takes every batch; settles each row by its payload when it is told to.
class JudgingOutlet : public Outlet {
 public:
  absl::Status Offer(EventBatchPtr batch, uint64_t,
                     SettleCallback settle) override {
    if (at_once) {
      settle(Judge(*batch));
      return absl::OkStatus();
    }
    MutexLock lock(mutex_);
    held_.emplace_back(std::move(batch), std::move(settle));
    changed_.NotifyAll();
    return absl::OkStatus();
  }
  absl::Status OfferUnreadable(UnreadableInput, SettleCallback) override {
    return absl::UnimplementedError("not used");
  }
  void WhenReady(absl::AnyInvocable<void()> ready) override { ready(); }
  void CountRejected(uint64_t, const char*) override {}

  void WaitForBatch() {
    MutexLock lock(mutex_);
    while (held_.empty()) changed_.Wait(mutex_);
  }

  // Waits for a batch, and settles it.
  void SettleOne() {
    std::pair<EventBatchPtr, SettleCallback> one;
    {
      MutexLock lock(mutex_);
      while (held_.empty()) changed_.Wait(mutex_);
      one = std::move(held_.back());
      held_.pop_back();
    }
    one.second(Judge(*one.first));
  }

  bool at_once = true;

 private:
  static BatchOutcome Judge(const EventBatch& batch) {
    BatchOutcome outcome(batch.size());
    for (uint32_t row = 0; row < batch.size(); ++row) {
      const std::string_view payload = batch.payload(row);
      outcome.Merge(row, payload == "\"fail\""   ? Outcome::kDeadLettered
                         : payload == "\"drop\"" ? Outcome::kFiltered
                         : payload == "\"wait\"" ? Outcome::kRetry
                         : payload == "\"held\"" ? Outcome::kQueued
                                                 : Outcome::kDelivered);
    }
    return outcome;
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::pair<EventBatchPtr, SettleCallback>> held_
      ABSL_GUARDED_BY(mutex_);
};

class LetterSourceTest : public testing::Test {
 protected:
  void Put(const std::vector<std::string>& payloads) {
    PutLetters(path_, LettersIn("warm", payloads));
  }

  std::unique_ptr<LetterSource> Start(LetterSource::Options options = {}) {
    options.open = [path = path_](LetterAccess access) {
      return TableLetters::Open(path, access);
    };
    options.pipeline = "weather";
    auto source = std::make_unique<LetterSource>(std::move(options), clock_);
    const absl::Status started = source->Start(outlet_);
    EXPECT_TRUE(started.ok()) << started;
    return source;
  }

  // To its end.
  ReplayedLetters Run(LetterSource::Options options = {}) {
    const auto source = Start(std::move(options));
    while (!source->Finished()) std::this_thread::yield();
    source->Stop();
    EXPECT_TRUE(source->Health().ok()) << source->Health();
    return source->result();
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "dead.db";
  FakeClock clock_;
  JudgingOutlet outlet_;
};

TEST_F(LetterSourceTest, RemovesWhatIsDoneAndKeepsTheRest) {
  Put({"1", "\"fail\"", "\"drop\"", "\"wait\"", "2", "\"held\""});
  const ReplayedLetters result = Run();
  EXPECT_EQ(result.offered, 6u);
  EXPECT_EQ(result.removed, 3u);
  EXPECT_EQ(result.count(Outcome::kDelivered), 2u);
  EXPECT_EQ(result.count(Outcome::kFiltered), 1u);
  EXPECT_EQ(result.count(Outcome::kDeadLettered), 1u);
  EXPECT_EQ(result.count(Outcome::kRetry), 1u);
  EXPECT_EQ(result.count(Outcome::kQueued), 1u);
  EXPECT_THAT(IdsIn(path_), ElementsAre("/test#e1", "/test#e3", "/test#e5"));
}

TEST_F(LetterSourceTest, OffersWhatIsChosen) {
  Put({"1", "2", "3"});
  LetterSource::Options options;
  options.choice.where = "data < 3";
  options.filter = [](const StoredDeadLetter& stored) {
    return stored.number != 2;
  };
  EXPECT_EQ(Run(std::move(options)).offered, 1u);
  EXPECT_THAT(IdsIn(path_), ElementsAre("/test#e1", "/test#e2"));
}

TEST_F(LetterSourceTest, PassesOverWhatNeverWasAnEvent) {
  auto letters = LettersIn("door", {"\"a line\""});
  const std::string type = R"("type":"test")";
  letters[0].attributes.replace(letters[0].attributes.find(type), type.size(),
                                R"("type":"phoenix.unreadable")");
  PutLetters(path_, letters);
  const ReplayedLetters result = Run();
  EXPECT_EQ(result.offered, 0u);
  EXPECT_EQ(result.not_replayable, 1u);
  EXPECT_THAT(IdsIn(path_), ElementsAre("/test#e0"));
}

TEST_F(LetterSourceTest, KeepsALetterThatFailedAgainMeanwhile) {
  outlet_.at_once = false;
  Put({"1"});
  const auto source = Start();
  outlet_.WaitForBatch();
  Put({"1"});
  outlet_.SettleOne();
  while (!source->Finished()) std::this_thread::yield();
  source->Stop();
  EXPECT_EQ(source->result().count(Outcome::kDelivered), 1u);
  EXPECT_EQ(source->result().removed, 0u);
  EXPECT_THAT(IdsIn(path_), ElementsAre("/test#e0"));
}

TEST_F(LetterSourceTest, RemovesWhatSettlesWhileItStops) {
  outlet_.at_once = false;
  Put({"1"});
  const auto source = Start();
  outlet_.SettleOne();
  source->Stop();
  EXPECT_EQ(source->result().removed, 1u);
  EXPECT_THAT(IdsIn(path_), IsEmpty());
}

TEST_F(LetterSourceTest, EndsThoughNobodySettles) {
  outlet_.at_once = false;
  Put({"1"});
  auto source = Start();
  outlet_.WaitForBatch();
  source->Stop();
  source.reset();
  EXPECT_THAT(IdsIn(path_), ElementsAre("/test#e0"));
  outlet_.SettleOne();
}

TEST_F(LetterSourceTest, SaysThatThereIsNoTable) {
  LetterSource source(
      {.open = [](LetterAccess) { return nullptr; }, .pipeline = "weather"},
      clock_);
  EXPECT_TRUE(absl::IsNotFound(source.Start(outlet_)));
}

}  // namespace
}  // namespace phoenix
