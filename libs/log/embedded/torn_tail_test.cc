// The segment that was being written, cut or zeroed at every byte of its end.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

constexpr char kSegment[] = "/log/segments/00000000000000000000.log";
constexpr size_t kTailBytes = 64 << 10;

class TornTailTest : public testing::Test {
 protected:
  // A log whose process died: more than kTailBytes of records.
  TornTailTest() {
    auto log = *OpenTestLog(TestLogOptions(), files_, clock_);
    ends_.push_back(files_.Content(kSegment).size());
    for (uint64_t seed = 0; ends_.back() < kTailBytes + 1000; ++seed) {
      EXPECT_TRUE(AppendAndStore(*log, TestBatch(seed, 20)).ok());
      ends_.push_back(files_.Content(kSegment).size());
    }
    entries_ = DescribeLog(*log);
    content_ = files_.Content(kSegment);
    files_.Crash();
  }

  // What a log of this content gives, from entry `from` on.
  std::vector<std::string> Recover(std::string content, size_t from) {
    files_.SetContent(kSegment, std::move(content));
    auto log = OpenTestLog(TestLogOptions(), files_, clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    if (!log.ok()) return {};
    std::vector<std::string> entries =
        DescribeLog(**log, std::stoll(entries_[from]));
    corrupt_ = (*log)->Stats().corrupt_records;
    files_.Crash();
    return entries;
  }

  // How many entries lie wholly before `size`. Padding may be missing.
  size_t CountBefore(size_t size) const {
    return std::upper_bound(ends_.begin(), ends_.end(), size) - ends_.begin() -
           1;
  }

  // All before `size` are there, unchanged, and of the record that the cut hits
  // nothing but the whole. The ones far before it are compared now and then.
  void ExpectRecovered(std::string content, size_t size) {
    const size_t before = CountBefore(size);
    const size_t from = size % 257 == 0 ? 0 : before - 1;
    const auto found = Recover(std::move(content), from);
    ASSERT_GE(found.size(), before - from) << size;
    ASSERT_LE(found.size(), before - from + 1) << size;
    ASSERT_TRUE(std::equal(found.begin(), found.end(), entries_.begin() + from))
        << size;
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
  std::vector<size_t> ends_;
  std::vector<std::string> entries_;
  std::string content_;
  uint64_t corrupt_ = 0;
};

TEST_F(TornTailTest, LosesNothingBeforeACutAtAnyByte) {
  for (size_t size = content_.size() - kTailBytes; size <= content_.size();
       ++size) {
    ASSERT_NO_FATAL_FAILURE(ExpectRecovered(content_.substr(0, size), size));
    ASSERT_EQ(corrupt_, 0u) << size;
  }
}

TEST_F(TornTailTest, LosesNothingBeforeZerosFromAnyByte) {
  for (size_t size = content_.size() - kTailBytes; size <= content_.size();
       ++size) {
    std::string content = content_.substr(0, size);
    content.resize(content_.size(), '\0');
    ASSERT_NO_FATAL_FAILURE(ExpectRecovered(std::move(content), size));
  }
}

TEST_F(TornTailTest, TakesNoNoticeOfZerosBehindTheRecords) {
  EXPECT_EQ(Recover(content_ + std::string(100'000, '\0'), 0), entries_);
  EXPECT_EQ(corrupt_, 0u);
}

}  // namespace
}  // namespace phoenix
