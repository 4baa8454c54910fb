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
#include "libs/log/embedded/segment_format.h"
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

// How many deleted files of the folder this process still holds.
size_t DeletedFilesHeld(const std::string& folder) {
  size_t held = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const std::string path = std::filesystem::read_symlink(entry, gone);
    held +=
        path.find(folder) == 0 && path.find("(deleted)") != std::string::npos;
  }
  return held;
}

TEST_F(PosixLogTest, HoldsNoFileOfASegmentThatIsDropped) {
  options_.has_thread = false;
  options_.retain_bytes = 0;
  options_.full_policy = FullPolicy::kDropOldest;
  options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
  auto log = *Open();
  ASSERT_TRUE(AppendAndStore(*log, TestBatch(1, 3000)).ok());
  ASSERT_TRUE(log->Roll().ok());
  ASSERT_TRUE(AppendAndStore(*log, TestBatch(2, 3000)).ok());
  auto reader = *log->Read(0, 0);
  ASSERT_TRUE((*reader->Next()).has_value());
  for (uint64_t seed = 3; log->Stats().dropped_events == 0; ++seed) {
    ASSERT_TRUE(AppendAndStore(*log, TestBatch(seed, 3000)).ok());
  }
  EXPECT_EQ(DeletedFilesHeld(options_.folder), 0u);
  EXPECT_TRUE((*reader->Next()).has_value());
}

TEST_F(PosixLogTest, PassesASegmentThatSomebodyTookAway) {
  options_.has_thread = false;
  auto log = *Open();
  uint64_t events = 0;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const auto stored = AppendAndStore(*log, TestBatch(seed));
    ASSERT_TRUE(stored.ok());
    if (seed == 2) {
      events = (*stored)->size();
      std::filesystem::remove(
          options_.folder + "/segments/" +
          SegmentFileName((*stored)->identity().first_offset));
    }
    ASSERT_TRUE(log->Roll().ok());
  }
  auto reader = *log->Read(0, 0);
  EXPECT_EQ((*reader->Next())->batch->payload(0), TestBatch(1)->payload(0));
  EXPECT_EQ((*reader->Next())->batch->payload(0), TestBatch(3)->payload(0));
  EXPECT_FALSE((*reader->Next()).has_value());
  EXPECT_EQ(reader->unread()->damaged, events);
  EXPECT_EQ(reader->unread()->dropped, 0u);
}

}  // namespace
}  // namespace phoenix
