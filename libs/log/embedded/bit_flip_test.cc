// Bits that turn over, anywhere in the files of a log.
#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/log/embedded/log_check.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

constexpr int kFlips = 10'000;
constexpr uint64_t kBatches = 12;

struct SavedFile {
  std::string path;
  std::string content;
};

// A log of three sealed segments and one that was being written.
class BitFlipTest : public testing::Test {
 protected:
  BitFlipTest() {
    options_ = TestLogOptions();
    options_.segment_bytes = 12'000;
    auto log = *OpenTestLog(options_, files_, clock_);
    for (uint64_t seed = 0; seed < kBatches; ++seed) {
      const auto stored = AppendAndStore(*log, TestBatch(seed, 30));
      EXPECT_TRUE(stored.ok());
      events_ += (*stored)->size();
    }
    EXPECT_GT(log->Stats().segments, 2u);
    EXPECT_TRUE(log->SetCursor(0, kCursor).ok());
    EXPECT_TRUE(log->SyncCursors().ok());
    entries_ = DescribeLog(*log);
    files_.Crash();
    log = nullptr;
    for (const std::string& path : files_.Paths()) {
      if (path.find("LOCK") == std::string::npos) {
        saved_.push_back({path, files_.Content(path)});
      }
    }
  }

  void Restore() {
    for (const std::string& path : files_.Paths()) {
      if (path.find("/quarantine/") != std::string::npos) {
        EXPECT_TRUE(files_.Remove(path).ok());
      }
    }
    for (const SavedFile& file : saved_) {
      files_.SetContent(file.path, file.content);
    }
  }

  static constexpr int64_t kCursor = 5;
  EmbeddedLogOptions options_;
  SimulatedFileSystem files_;
  FakeClock clock_;
  uint64_t events_ = 0;
  std::vector<std::string> entries_;
  std::vector<SavedFile> saved_;
};

bool IsSegment(const std::string& path) {
  return path.find("/segments/") != std::string::npos;
}

TEST_F(BitFlipTest, CostsAtMostTheRecordThatItHitsAndIsCounted) {
  Random random(42);
  for (int i = 0; i < kFlips; ++i) {
    Restore();
    const SavedFile& file = saved_[random.Below(saved_.size())];
    if (file.content.empty()) continue;
    const uint64_t bit = random.Below(file.content.size() * 8);
    files_.FlipBit(file.path, bit);
    SCOPED_TRACE(testing::Message() << file.path << " bit " << bit);

    const auto findings = CheckLog(files_, "/log");
    const bool is_used =
        file.path != "/log/cursor" || bit / 8 % 4096 < kCursorSlotBytes;
    ASSERT_EQ(findings.ok() && findings->empty(), !is_used);

    const auto log = OpenTestLog(options_, files_, clock_);
    if (file.path == "/log/META") {
      ASSERT_FALSE(log.ok());
      continue;
    }
    ASSERT_TRUE(log.ok()) << log.status();
    const auto found = DescribeLog(**log);
    const size_t lost = entries_.size() - found.size();
    ASSERT_LE(lost, IsSegment(file.path) ? 1u : 0u);
    ASSERT_EQ((*log)->Stats().corrupt_records, lost);
    ASSERT_TRUE(std::includes(entries_.begin(), entries_.end(), found.begin(),
                              found.end(),
                              [](const std::string& a, const std::string& b) {
                                return std::stoll(a) < std::stoll(b);
                              }));
    for (const std::string& entry : found) {
      ASSERT_NE(std::find(entries_.begin(), entries_.end(), entry),
                entries_.end());
    }
    ASSERT_LE(*(*log)->cursor(0), kCursor);
    files_.Crash();
  }
}

}  // namespace
}  // namespace phoenix
