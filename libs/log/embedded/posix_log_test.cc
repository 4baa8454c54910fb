// The log on real files, with its thread.
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/embedded_log.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

using testing::HasSubstr;

class PosixLogTest : public testing::Test {
 protected:
  PosixLogTest() {
    options_ = TestLogOptions();
    options_.has_thread = true;
    options_.folder = testing::TempDir() + "/posix-log";
    std::filesystem::remove_all(options_.folder);
  }

  absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open() {
    return OpenTestLog(options_, PosixFileSystem(), Clock::System());
  }

  // Appends on this thread, and waits for the ack.
  static absl::StatusOr<EventBatchPtr> AppendAndWait(Log& log, uint64_t seed,
                                                     uint64_t lane) {
    std::promise<absl::StatusOr<EventBatchPtr>> promise;
    auto result = promise.get_future();
    const absl::Status taken = log.Append(
        TestBatch(seed), lane, [&](absl::StatusOr<EventBatchPtr> batch) {
          promise.set_value(std::move(batch));
        });
    return taken.ok() ? result.get() : taken;
  }

  EmbeddedLogOptions options_;
};

TEST_F(PosixLogTest, KeepsTheOrderOfEveryLane) {
  constexpr uint64_t kLanes = 4;
  constexpr uint64_t kBatches = 50;
  auto log = *Open();
  std::vector<std::thread> threads;
  for (uint64_t lane = 0; lane < kLanes; ++lane) {
    threads.emplace_back([&, lane] {
      for (uint64_t i = 0; i < kBatches; ++i) {
        EXPECT_TRUE(AppendAndWait(*log, lane * 1000 + i, lane).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  log = nullptr;
  log = *Open();
  auto reader = *log->Read(0, 0);
  std::vector<uint64_t> next(kLanes);
  for (uint64_t i = 0; i < kLanes * kBatches; ++i) {
    const auto entry = reader->Next();
    ASSERT_TRUE(entry.ok() && *entry) << entry.status();
    const uint64_t lane = (*entry)->lane;
    EXPECT_EQ((*entry)->batch->payload(0),
              TestBatch(lane * 1000 + next[lane])->payload(0));
    ++next[lane];
  }
  EXPECT_FALSE((*reader->Next()).has_value());
}

TEST_F(PosixLogTest, CallsAReaderThatWaitsFromItsThread) {
  auto log = *Open();
  auto reader = *log->Read(0, 0);
  std::promise<void> more;
  reader->WhenMore([&] { more.set_value(); });
  ASSERT_TRUE(AppendAndWait(*log, 1, 0).ok());
  more.get_future().wait();
  EXPECT_TRUE((*reader->Next()).has_value());
}

TEST_F(PosixLogTest, NamesTheProcessThatHasTheLog) {
  const auto log = *Open();
  const auto second = Open();
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(absl::StrCat("locked by process ", getpid())));
}

TEST_F(PosixLogTest, SaysWhichFolderCannotBeUsed) {
  std::ofstream(options_.folder) << "a file";
  const auto log = Open();
  EXPECT_FALSE(log.ok());
  EXPECT_THAT(std::string(log.status().message()),
              HasSubstr("log folder '" + options_.folder + "'"));
}

// Who drops the oldest events on a full disk must not drop them for that.
TEST_F(PosixLogTest, TellsTooManyOpenFilesFromAFullDisk) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto file = PosixFileSystem().Open("/dev/null", OpenMode::kRead);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(absl::IsUnavailable(file.status())) << file.status();
}

// What a read-only file system answers to everyone, root included.
TEST_F(PosixLogTest, RefusesAFolderThatCannotBeWritten) {
  options_.folder = "/proc/self/log";
  const auto log = Open();
  EXPECT_FALSE(log.ok());
  EXPECT_THAT(std::string(log.status().message()),
              HasSubstr("make folder '/proc/self/log'"));
}

}  // namespace
}  // namespace phoenix
