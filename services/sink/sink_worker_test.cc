#include "services/sink/sink_worker.h"

#include <atomic>
#include <future>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/sink_queue_bound.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/telemetry/metrics.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What the sink did, in order, seen from outside.
struct Journal {
  Mutex mutex;
  std::vector<std::string> entries ABSL_GUARDED_BY(mutex);

  void Add(std::string entry) {
    MutexLock lock(mutex);
    entries.push_back(std::move(entry));
  }
  std::vector<std::string> Take() {
    MutexLock lock(mutex);
    return entries;
  }
};

// Writes payloads into a journal once its gate is open, and settles on Flush.
class GatedSink : public Sink {
 public:
  GatedSink(Journal& journal, std::shared_future<void> gate,
            absl::Status on_open = absl::OkStatus())
      : journal_(journal), gate_(std::move(gate)), on_open_(on_open) {}

  absl::Status Open() override { return on_open_; }
  void Write(BatchView view, SettleCallback settle) override {
    gate_.wait();
    for (uint32_t row : view.rows) {
      journal_.Add(std::string(view.batch->payload(row)));
    }
    BatchOutcome outcome(view.batch->size());
    outcome.Merge(view.rows, Outcome::kDelivered);
    held_.push_back({std::move(outcome), std::move(settle)});
  }
  void Flush() override {
    for (auto& [outcome, settle] : held_) settle(outcome);
    held_.clear();
  }
  absl::Status Close() override {
    Flush();
    journal_.Add("closed");
    return absl::OkStatus();
  }
  std::vector<std::string> Report() const override { return {"reported"}; }

 private:
  Journal& journal_;
  std::shared_future<void> gate_;
  absl::Status on_open_;
  std::vector<std::pair<BatchOutcome, SettleCallback>> held_;
};

class SinkWorkerTest : public ::testing::Test {
 protected:
  std::unique_ptr<SinkWorker> MakeWorker(
      int64_t queue_bytes = 1 << 20, absl::Status on_open = absl::OkStatus()) {
    return std::make_unique<SinkWorker>(
        SinkWorker::Options{.name = "s", .queue_bytes = queue_bytes},
        std::make_unique<GatedSink>(journal_, gate_.get_future().share(),
                                    on_open),
        metrics_, Clock::System());
  }

  Journal journal_;
  std::promise<void> gate_;
  MetricsRegistry registry_;
  BufferMetrics metrics_{registry_, "s", 1 << 20};
};

TEST_F(SinkWorkerTest, WritesInOrderAndSettlesWithoutBeingToldToFlush) {
  auto worker = MakeWorker();
  ASSERT_TRUE(worker->Open().ok());
  gate_.set_value();
  std::promise<Outcome> settled;
  worker->Offer(WholeView(JsonBatch({"1"})), [](const BatchOutcome&) {});
  worker->Offer(WholeView(JsonBatch({"2"})), [&](const BatchOutcome& outcome) {
    settled.set_value(outcome.at(0));
  });
  EXPECT_EQ(settled.get_future().get(), Outcome::kDelivered);
  ASSERT_TRUE(worker->Close().ok());
  EXPECT_THAT(journal_.Take(), ElementsAre("1", "2", "closed"));
}

TEST_F(SinkWorkerTest, ReturnsWhyTheSinkDidNotOpen) {
  auto worker = MakeWorker(1 << 20, absl::NotFoundError("no such folder"));
  const absl::Status opened = worker->Open();
  EXPECT_EQ(opened.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(worker->Close().ok());
}

TEST_F(SinkWorkerTest, HoldsTheCallerBackWhenItsQueueIsFull) {
  auto worker = MakeWorker(/*queue_bytes=*/1);
  ASSERT_TRUE(worker->Open().ok());
  std::atomic<int> offered = 0;
  std::atomic<int> settled = 0;
  std::thread lane([&] {
    for (int i = 0; i < 3; ++i) {
      worker->Offer(WholeView(JsonBatch({"1"})),
                    [&](const BatchOutcome&) { ++settled; });
      ++offered;
    }
  });
  while (metrics_.size_events() < 1) std::this_thread::yield();
  EXPECT_LT(offered, 3);
  gate_.set_value();
  lane.join();
  ASSERT_TRUE(worker->Close().ok());
  EXPECT_EQ(settled, 3);
}

TEST_F(SinkWorkerTest, HoldsNoMoreThanItsQueueTakes) {
  const BatchView view = WholeView(JsonBatch({"1"}));
  const auto bytes = static_cast<int64_t>(view.memory_bytes());
  auto worker = MakeWorker(/*queue_bytes=*/2 * bytes);
  ASSERT_TRUE(worker->Open().ok());
  for (int i = 0; i < 3; ++i) {
    worker->OfferLater(view, [](const BatchOutcome&) {});
  }
  EXPECT_EQ(worker->stream()->stats().held.bytes,
            MaxSinkQueueBytes(2 * bytes, bytes));
  gate_.set_value();
  EXPECT_TRUE(worker->Close().ok());
}

TEST_F(SinkWorkerTest, HoldsOneViewThatIsLargerThanItsQueue) {
  const BatchView view = WholeView(JsonBatch({"1"}));
  const auto bytes = static_cast<int64_t>(view.memory_bytes());
  auto worker = MakeWorker(/*queue_bytes=*/bytes - 1);
  ASSERT_TRUE(worker->Open().ok());
  for (int i = 0; i < 2; ++i) {
    worker->OfferLater(view, [](const BatchOutcome&) {});
  }
  EXPECT_EQ(worker->stream()->stats().held.bytes,
            MaxSinkQueueBytes(bytes - 1, bytes));
  gate_.set_value();
  EXPECT_TRUE(worker->Close().ok());
}

TEST_F(SinkWorkerTest, TakesLaterWhatDoesNotFitNow) {
  auto worker = MakeWorker(/*queue_bytes=*/1);
  ASSERT_TRUE(worker->Open().ok());
  std::promise<void> all;
  std::atomic<int> settled = 0;
  for (int i = 0; i < 3; ++i) {
    worker->OfferLater(WholeView(JsonBatch({"1"})), [&](const BatchOutcome&) {
      if (++settled == 3) all.set_value();
    });
  }
  gate_.set_value();
  all.get_future().wait();
  EXPECT_TRUE(worker->Close().ok());
}

TEST_F(SinkWorkerTest, GivesBackWhatComesAfterClose) {
  auto worker = MakeWorker();
  ASSERT_TRUE(worker->Open().ok());
  gate_.set_value();
  ASSERT_TRUE(worker->Close().ok());
  Outcome outcome = Outcome::kPending;
  worker->Offer(WholeView(JsonBatch({"1"})),
                [&](const BatchOutcome& said) { outcome = said.at(0); });
  EXPECT_EQ(outcome, Outcome::kRetry);
}

TEST_F(SinkWorkerTest, CountsWhatWaits) {
  auto worker = MakeWorker();
  ASSERT_TRUE(worker->Open().ok());
  std::promise<void> settled;
  worker->Offer(WholeView(JsonBatch({"1", "2"})),
                [&](const BatchOutcome&) { settled.set_value(); });
  EXPECT_EQ(metrics_.size_events(), 2);
  EXPECT_GT(worker->fill_ratio(), 0);
  gate_.set_value();
  settled.get_future().wait();
  ASSERT_TRUE(worker->Close().ok());
  EXPECT_EQ(metrics_.size_events(), 0);
  EXPECT_EQ(metrics_.size_bytes(), 0);
}

// Says when it is flushed.
class FlushedSink : public Sink {
 public:
  explicit FlushedSink(std::promise<void>& flushed) : flushed_(flushed) {}
  absl::Status Open() override { return absl::OkStatus(); }
  void Write(BatchView, SettleCallback) override {}
  void Flush() override {
    if (flushes_++ == 0) flushed_.set_value();
  }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  std::promise<void>& flushed_;
  int flushes_ = 0;
};

TEST_F(SinkWorkerTest, FlushesToRefreshThoughNothingWasWritten) {
  std::promise<void> flushed;
  SinkWorker worker({.name = "s", .queue_bytes = 1 << 20},
                    std::make_unique<FlushedSink>(flushed), metrics_,
                    Clock::System());
  ASSERT_TRUE(worker.Open().ok());
  worker.Refresh();
  flushed.get_future().wait();
  EXPECT_TRUE(worker.Close().ok());
  worker.Refresh();
}

TEST_F(SinkWorkerTest, PassesTheSinksReportOn) {
  auto worker = MakeWorker();
  EXPECT_THAT(worker->Report(), ElementsAre("reported"));
}

}  // namespace
}  // namespace phoenix
