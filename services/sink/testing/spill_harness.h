#ifndef SERVICES_SINK_TESTING_SPILL_HARNESS_H_
#define SERVICES_SINK_TESTING_SPILL_HARNESS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/engine/testing/fake_ports.h"
#include "libs/flow/executor.h"
#include "libs/flow/simulation/scheduler.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/pipeline/sink_queue.h"
#include "services/sink/full_queue.h"
#include "services/sink/spill_queue.h"
#include "services/sink/testing/fake_memory_queue.h"

namespace phoenix {

// Runs on the scheduler what is due before a queue looks for what stands, and
// the rest when the test says that so much time has passed.
class PatientExecutor : public flow::Executor {
 public:
  explicit PatientExecutor(flow::simulation::Scheduler& scheduler)
      : scheduler_(scheduler) {}

  absl::Status Run(Task task) override {
    return scheduler_.Run(std::move(task));
  }
  void RunAfter(absl::Duration delay, Task task) override {
    if (delay < SpillQueue::kMaxMemoryWait) {
      scheduler_.RunAfter(delay, std::move(task));
    } else {
      late_.push_back(std::move(task));
    }
  }
  void Wait() {
    scheduler_.RunAfter(SpillQueue::kMaxMemoryWait, [] {});
    while (scheduler_.Step()) {
    }
    for (Task& task : std::exchange(late_, {})) task();
  }

 private:
  flow::simulation::Scheduler& scheduler_;
  std::vector<Task> late_;
};

// One life of a queue of the sink `s` with a log in a folder. Nothing happens
// but in Run and Step: the log has no thread.
struct SpillLife {
  struct Options {
    std::string folder = {};
    size_t capacity = 2;  // Views in memory.
    FullQueue when_full = FullQueue::kBlock;
    uint64_t max_bytes = 64 << 20;
    uint64_t max_group_bytes = EmbeddedLogOptions::kDefaultMaxGroupBytes;
    bool is_dead_letter = false;
  };

  explicit SpillLife(const Options& options)
      : memory(options.capacity),
        policy("s", options.when_full),
        queue({.name = "s", .position = {3, 5}},
              {.memory = memory,
               .when_full = policy,
               .dead_letters = options.is_dead_letter ? nullptr : &dead_letters,
               .executor = executor,
               .clock = scheduler,
               .random_seed = 1}) {
    EmbeddedLogOptions log_options;
    log_options.folder = options.folder;
    log_options.pipeline = "p/s";
    log_options.durability = Durability::kOs;
    log_options.keep_identity = true;
    log_options.max_bytes = options.max_bytes;
    log_options.max_group_bytes = options.max_group_bytes;
    log_options.recent_bytes = 0;  // What is dropped from disk is gone.
    log_options.has_thread = false;
    if (options.when_full == FullQueue::kDropOldest) {
      log_options.full_policy = FullPolicy::kDropOldest;
    }
    auto opened = EmbeddedLog::Open(log_options, PosixFileSystem(), scheduler);
    EXPECT_TRUE(opened.ok()) << opened.status();
    log = opened->get();
    const absl::Status started = queue.Start(*std::move(opened));
    EXPECT_TRUE(started.ok()) << started;
  }

  ~SpillLife() {
    queue.Stop();
    while (memory.size() > 0) memory.Settle(Outcome::kRetry);
    EXPECT_TRUE(queue.Close().ok());
  }

  // One step of the log, and one of the executor; false when neither had
  // anything to do.
  bool Step() {
    const bool more = log->Step();
    return scheduler.Step() || more;
  }

  void Run() {
    // What the log does in one step may give the executor work only then.
    for (int idle = 0; idle < 3;) idle = Step() ? 0 : idle + 1;
  }

  // Settles what comes as delivered until nothing comes any more.
  void DeliverAll() {
    for (Run(); memory.size() > 0; Run()) memory.Settle();
  }

  FakeMemoryQueue memory;
  FakeDeadLetters dead_letters;
  FullQueuePolicy policy;
  flow::simulation::Scheduler scheduler{1};
  PatientExecutor executor{scheduler};
  SpillQueue queue;
  EmbeddedLog* log = nullptr;
};

// A folder of the test, gone when it ends; and what a crash leaves of it.
class SpillFolder {
 public:
  SpillFolder()
      : path_(testing::TempDir() + "/spill." +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    Remove();
  }
  ~SpillFolder() { Remove(); }

  std::string path() const { return path_ + Cat(".", lives_); }

  // From now on the folder is as a process that is killed now leaves it.
  void Crash() {
    const std::string before = path();
    ++lives_;
    std::filesystem::copy(before, path(),
                          std::filesystem::copy_options::recursive);
  }

 private:
  static std::string Cat(const char* dot, int number) {
    return dot + std::to_string(number);
  }

  void Remove() {
    for (int i = 0; i <= lives_; ++i) {
      std::filesystem::remove_all(path_ + Cat(".", i));
    }
  }

  const std::string path_;
  int lives_ = 0;
};

}  // namespace phoenix

#endif  // SERVICES_SINK_TESTING_SPILL_HARNESS_H_
