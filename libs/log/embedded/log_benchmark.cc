// The log beside the bare disk, in the folder that TMPDIR names (or /tmp): how
// fast batches of 1 MiB are appended against sequential writes of as much that
// are synced at the end, and how long an ack takes against one fdatasync.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/base/shared_bytes.h"
#include "libs/event/batch_builder.h"
#include "libs/log/embedded/embedded_log.h"

namespace phoenix {
namespace {

constexpr size_t kEvents = 4'096;
constexpr size_t kBatchBytes = 1 << 20;
constexpr int kBatches = 256;

std::string Folder(const std::string& name) {
  const char* temporary = std::getenv("TMPDIR");
  const std::string folder =
      std::string(temporary == nullptr ? "/tmp" : temporary) + "/" + name;
  std::filesystem::remove_all(folder);
  return folder;
}

EventBatchPtr MakeBatch(size_t events, size_t bytes) {
  PayloadColumn payload;
  payload.blob = SharedBytes::FromString(std::string(bytes, 'x'));
  auto ranges = std::make_shared<std::vector<ByteRange>>();
  const uint32_t each = static_cast<uint32_t>(bytes / events);
  for (uint32_t i = 0; i < events; ++i) {
    ranges->push_back({i * each, (i + 1) * each});
  }
  payload.ranges = std::move(ranges);
  return MakePayloadBatch(std::move(payload),
                          {"bench-", "/bench", "bench", "text/plain"}, 0, 0);
}

std::unique_ptr<EmbeddedLog> OpenLog(const std::string& folder) {
  EmbeddedLogOptions options;
  options.folder = folder;
  options.pipeline = "benchmark";
  auto log = EmbeddedLog::Open(options);
  if (!log.ok()) std::abort();
  return *std::move(log);
}

// Counts what has not been acked, and waits for it.
class Pending {
 public:
  void Add() {
    MutexLock lock(mutex_);
    ++count_;
  }
  void Done() {
    MutexLock lock(mutex_);
    --count_;
    changed_.NotifyOne();
  }
  void WaitFor(int at_most) {
    MutexLock lock(mutex_);
    while (count_ > at_most) changed_.Wait(mutex_);
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

void BaselineSequentialWrite(benchmark::State& state) {
  const std::string folder = Folder("phoenix-disk-benchmark");
  std::filesystem::create_directories(folder);
  const std::string bytes(kBatchBytes, 'x');
  for (auto _ : state) {
    auto file = PosixFileSystem().Open(folder + "/file", OpenMode::kCreate);
    if (!file.ok()) std::abort();
    for (int i = 0; i < kBatches; ++i) {
      if (!(*file)->WriteAt(i * kBatchBytes, {bytes}).ok()) std::abort();
    }
    if (!(*file)->Sync().ok()) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * kBatches * kBatchBytes);
  std::filesystem::remove_all(folder);
}
BENCHMARK(BaselineSequentialWrite)->UseRealTime()->Iterations(3);

void Append(benchmark::State& state) {
  const std::string folder = Folder("phoenix-log-benchmark");
  const EventBatchPtr batch = MakeBatch(kEvents, kBatchBytes);
  for (auto _ : state) {
    auto log = OpenLog(folder);
    Pending pending;
    for (int i = 0; i < kBatches; ++i) {
      pending.WaitFor(24);
      pending.Add();
      const absl::Status taken =
          log->Append(batch, 0, [&](const absl::StatusOr<EventBatchPtr>& b) {
            if (!b.ok()) std::abort();
            pending.Done();
          });
      if (!taken.ok()) std::abort();
    }
    pending.WaitFor(0);
    state.counters["groups"] = static_cast<double>(log->Stats().groups);
    state.PauseTiming();
    log = nullptr;
    std::filesystem::remove_all(folder);
    state.ResumeTiming();
  }
  state.SetBytesProcessed(state.iterations() * kBatches * kBatchBytes);
}
BENCHMARK(Append)->UseRealTime()->Iterations(3);

// The 50th and the 99th of a hundred, in milliseconds.
void Report(benchmark::State& state, std::vector<double> milliseconds) {
  std::sort(milliseconds.begin(), milliseconds.end());
  state.counters["p50_ms"] = milliseconds[milliseconds.size() / 2];
  state.counters["p99_ms"] = milliseconds[milliseconds.size() * 99 / 100];
}

void Measure(benchmark::State& state, const std::function<void()>& deed) {
  std::vector<double> milliseconds;
  for (auto _ : state) {
    const int64_t begin = Clock::System().MonotonicNanos();
    deed();
    milliseconds.push_back(
        static_cast<double>(Clock::System().MonotonicNanos() - begin) / 1e6);
  }
  Report(state, std::move(milliseconds));
}

void BaselineFdatasync(benchmark::State& state) {
  const std::string folder = Folder("phoenix-disk-benchmark");
  std::filesystem::create_directories(folder);
  auto file = PosixFileSystem().Open(folder + "/file", OpenMode::kCreate);
  const std::string bytes(64 << 10, 'x');
  uint64_t at = 0;
  Measure(state, [&] {
    if (!(*file)->WriteAt(at, {bytes}).ok()) std::abort();
    if (!(*file)->Sync().ok()) std::abort();
    at += bytes.size();
  });
  std::filesystem::remove_all(folder);
}
BENCHMARK(BaselineFdatasync)->UseRealTime()->Iterations(200);

void Acknowledge(benchmark::State& state) {
  const std::string folder = Folder("phoenix-log-benchmark");
  auto log = OpenLog(folder);
  const EventBatchPtr batch = MakeBatch(256, 64 << 10);
  Pending pending;
  Measure(state, [&] {
    pending.Add();
    const absl::Status taken = log->Append(
        batch, 0,
        [&](const absl::StatusOr<EventBatchPtr>&) { pending.Done(); });
    if (!taken.ok()) std::abort();
    pending.WaitFor(0);
  });
  log = nullptr;
  std::filesystem::remove_all(folder);
}
BENCHMARK(Acknowledge)->UseRealTime()->Iterations(200);

}  // namespace
}  // namespace phoenix
