// Random lives of a queue against what its users rely on: nothing it answered
// for is lost, order holds, over crashes and on a disk that refuses too, and
// its books are right.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/base/random.h"
#include "libs/engine/testing/json_batch.h"
#include "services/sink/testing/spill_harness.h"

namespace phoenix {
namespace {

constexpr uint64_t kSeeds = 40;
constexpr int kSteps = 150;

// A log before the queue with one reader, as a pipeline has it: events are
// offered in order, and again from the first that had not settled after a
// crash, or when they are given back.
class Model {
 public:
  Model(uint64_t seed, SpillFolder& folder) : random_(seed), folder_(folder) {
    Begin();
  }

  void Run() {
    for (int i = 0; i < kSteps; ++i) {
      const uint64_t dice = random_.Below(100);
      if (dice < 40) {
        Offer();
      } else if (dice < 65) {
        SettleOne();
      } else if (dice < 87) {
        life_->Step();
      } else if (dice < 91) {
        BreakOrMend();
      } else if (dice < 95) {
        life_->executor.Wait();
      } else if (dice < 98) {
        Crash();
      } else {
        Begin();
      }
    }
    Finish();
  }

 private:
  struct Event {
    bool settled = false;
    bool offered = false;  // In this life.
  };

  void Begin() {
    life_.reset();
    SpillLife::Options options;
    options.folder = folder_.path();
    options.capacity = 1 + random_.Below(4);
    life_ = std::make_unique<SpillLife>(options);
    for (Event& event : events_) event.offered = false;
  }

  // What the disk of the queue does with what is appended.
  void BreakOrMend() {
    constexpr const char* kFaults[] = {"log.append.before_write=error",
                                       "log.append.after_write=error",
                                       "log.append.before_write=error@1",
                                       "log.append.after_write=error:full@2",
                                       "queue.spill.before_append=error"};
    fault_.reset();
    if (random_.Chance(0.5)) fault_.emplace(kFaults[random_.Below(5)]);
  }

  void Crash() {
    folder_.Crash();
    // What the dying life says from here on nobody hears.
    ++crashes_;
    Begin();
  }

  // The next events that were not offered in this life: those behind the
  // cursor first, some of them settled already.
  void Offer() {
    const auto cursor = std::find_if(events_.begin(), events_.end(),
                                     [](const Event& e) { return !e.settled; });
    size_t first = static_cast<size_t>(cursor - events_.begin());
    while (first < events_.size() && events_[first].offered) ++first;
    const size_t count = 1 + random_.Below(3);
    if (events_.size() < first + count) events_.resize(first + count);
    std::vector<std::string> payloads;
    for (size_t i = 0; i < count; ++i) {
      payloads.push_back(std::to_string(first + i));
      events_[first + i].offered = true;
    }
    BatchView view = WholeView(JsonBatch(payloads));
    Selection& rows = view.rows;
    // Some go to other sinks alone.
    for (size_t i = count; i-- > 0;) {
      if (!GoesElsewhere(first + i)) continue;
      rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
      events_[first + i].settled = true;
    }
    if (rows.empty()) return;
    life_->queue.OfferLater(std::move(view), [this, first, life = crashes_](
                                                 const BatchOutcome& outcome) {
      if (life == crashes_) OnSettled(first, outcome);
    });
  }

  void OnSettled(size_t first, const BatchOutcome& outcome) {
    for (uint32_t row = 0; row < outcome.size(); ++row) {
      if (outcome.at(row) != Outcome::kDelivered &&
          outcome.at(row) != Outcome::kQueued) {
        if (outcome.at(row) == Outcome::kRetry) {
          events_[first + row].offered = false;
        }
        continue;
      }
      events_[first + row].settled = true;
    }
  }

  // The same each time that the event is offered.
  static bool GoesElsewhere(size_t event) {
    return Random(event).Below(4) == 0;
  }

  void SettleOne() {
    FakeMemoryQueue& memory = life_->memory;
    if (memory.size() == 0) return;
    for (const uint32_t row : memory.view(0).rows) {
      size_t event = 0;
      ASSERT_TRUE(absl::SimpleAtoi(
          std::string(memory.view(0).batch->payload(row)), &event));
      if (!delivered_.insert(event).second) continue;
      EXPECT_GE(event, next_) << "delivered for the first time out of order";
      next_ = event + 1;
    }
    memory.Settle();
  }

  void Finish() {
    fault_.reset();
    life_->executor.Wait();
    for (life_->Run(); life_->memory.size() > 0; life_->Run()) SettleOne();
    for (size_t i = 0; i < events_.size(); ++i) {
      if (GoesElsewhere(i) || !events_[i].settled) continue;
      EXPECT_TRUE(delivered_.contains(i)) << "event " << i << " is lost";
    }
    const SpillQueue::Stats stats = life_->queue.stats();
    EXPECT_EQ(stats.unaccounted(), 0);
    EXPECT_EQ(stats.waiting, 0u);
    EXPECT_EQ(stats.given_up + stats.damaged, 0u);
  }

  Random random_;
  SpillFolder& folder_;
  std::optional<ScopedFailpoints> fault_;
  std::vector<Event> events_;
  std::set<size_t> delivered_;
  size_t next_ = 0;
  int crashes_ = 0;
  std::unique_ptr<SpillLife> life_;
};

TEST(SpillQueueModelTest, LosesNothingAndKeepsOrder) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    SpillFolder folder;
    Model(seed, folder).Run();
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace phoenix
