// Every failpoint of the log, reached on real files: once as an error, once as
// the death of the process.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/failpoint.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using OnAck = std::function<void(int64_t offset)>;

class FailpointsTest : public testing::Test {
 protected:
  // A new folder for each failpoint.
  void UseFolder(const std::string& name) {
    folder_ = testing::TempDir() + "/" + name;
    std::filesystem::remove_all(folder_);
    options_ = TestLogOptions();
    options_.folder = folder_;
    options_.retain_bytes = 0;
    options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
    options_.segment_bytes = 1;
    options_.full_policy = FullPolicy::kDropOldest;
  }

  std::string LastSegment() const {
    std::set<std::string> paths;
    for (const auto& entry :
         std::filesystem::directory_iterator(folder_ + "/segments")) {
      paths.insert(entry.path());
    }
    return paths.empty() ? "" : *paths.rbegin();
  }

  // Everything that a log does: makes one, stores, rolls, moves the cursor,
  // deletes, recovers, meets damage, drops.
  void Live(const OnAck& on_ack) {
    AppendSome(4, on_ack);
    RemoveFooter();
    AppendSome(3, on_ack);
    Damage();
    AppendSome(40, on_ack);
  }

  void AppendSome(uint64_t count, const OnAck& on_ack) {
    auto log = OpenTestLog(options_, PosixFileSystem(), clock_);
    if (!log.ok()) return;
    DescribeLog(**log, *(*log)->cursor(0));
    const uint32_t max_events = count > 10 ? 3000 : 10;
    for (uint64_t seed = 0; seed < count; ++seed) {
      const auto stored = AppendAndStore(**log, TestBatch(seed, max_events));
      if (!stored.ok()) continue;
      on_ack((*stored)->identity().first_offset);
      if (seed != 1) continue;
      (*log)->SetCursor(0, (*stored)->identity().first_offset).IgnoreError();
      clock_.Advance(options_.cursor_interval);
      (*log)->Step();
    }
    (*log)->Close().IgnoreError();
  }

  // As if the process had died before the segment was sealed.
  void RemoveFooter() {
    const std::string path = LastSegment();
    if (path.empty()) return;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  }

  void Damage() {
    const std::string path = LastSegment();
    if (path.empty()) return;
    const auto file = PosixFileSystem().Open(path, OpenMode::kReadWrite);
    EXPECT_TRUE(file.ok() && (*file)->WriteAt(140, {"damage"}).ok());
  }

  // What was acked and neither dropped, nor settled, nor damaged is there.
  void ExpectAll(const std::set<int64_t>& acked) {
    auto log = OpenTestLog(options_, PosixFileSystem(), clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    const int64_t cursor = *(*log)->cursor(0);
    std::set<int64_t> found;
    for (const std::string& entry : DescribeLog(**log, cursor)) {
      found.insert(std::stoll(entry));
    }
    uint64_t lost = 0;
    for (const int64_t offset : acked) {
      lost += offset >= cursor && found.count(offset) == 0;
    }
    EXPECT_LE(lost, (*log)->Stats().corrupt_records);
    EXPECT_TRUE(AppendAndStore(**log, TestBatch(1)).ok());
  }

  std::string folder_;
  EmbeddedLogOptions options_;
  FakeClock clock_;
};

std::vector<std::string> LogFailpoints() {
  std::vector<std::string> names;
  for (const std::string& name : FailpointNames()) {
    if (name.substr(0, 4) == "log.") names.push_back(name);
  }
  return names;
}

TEST_F(FailpointsTest, AreAtLeastTwenty) {
  EXPECT_GE(LogFailpoints().size(), 20u);
}

TEST_F(FailpointsTest, EachIsReachedAndCostsNothingWhenItFails) {
  for (const std::string& name : LogFailpoints()) {
    SCOPED_TRACE(name);
    UseFolder("error-" + name);
    std::set<int64_t> acked;
    {
      const ScopedFailpoints armed(name + "=error@1");
      Live([&](int64_t offset) { acked.insert(offset); });
      EXPECT_GE(FailpointHits(name), 1u);
    }
    ExpectAll(acked);
  }
}

TEST_F(FailpointsTest, EachKillsTheProcessAndCostsNothing) {
  for (const std::string& name : LogFailpoints()) {
    SCOPED_TRACE(name);
    UseFolder("kill-" + name);
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      const ScopedFailpoints armed(name + "=kill@2");
      const auto tell = [&](int64_t offset) {
        if (write(pipe_ends[1], &offset, sizeof(offset)) < 0) _exit(2);
      };
      Live(tell);
      Live(tell);
      _exit(0);
    }
    close(pipe_ends[1]);
    std::set<int64_t> acked;
    int64_t offset = 0;
    while (read(pipe_ends[0], &offset, sizeof(offset)) == sizeof(offset)) {
      acked.insert(offset);
    }
    close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    // A log is made only once: there is no second time.
    if (name != "log.create.before_meta") {
      EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    ExpectAll(acked);
  }
}

}  // namespace
}  // namespace phoenix
