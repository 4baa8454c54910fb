// Every call to the file system fails once, at each place of a log's life.
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/testing/simulated_file_system.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

constexpr uint64_t kCalls = 500;

class FailingCallTest : public testing::TestWithParam<absl::Status> {
 protected:
  FailingCallTest() {
    options_.segment_bytes = 5'000;
    options_.retain_bytes = 0;
  }

  // Appends, reads, moves the cursor and closes; notes what was acked.
  void Live(SimulatedFileSystem& files) {
    auto log = OpenTestLog(options_, files, clock_);
    if (!log.ok()) return;
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const auto stored = AppendAndStore(**log, TestBatch(seed, 20));
      clock_.Advance(absl::Milliseconds(200));
      if (!stored.ok()) continue;
      const int64_t offset = (*stored)->identity().first_offset;
      acked_.push_back(
          DescribeEntry({*stored, offset, 0, absl::InfinitePast()}));
      if (seed == 30) {
        cursor_ = offset;
        EXPECT_TRUE((*log)->SetCursor(0, offset).ok());
      }
    }
    (*log)->Close().IgnoreError();
  }

  EmbeddedLogOptions options_ = TestLogOptions();
  FakeClock clock_;
  std::vector<std::string> acked_;
  int64_t cursor_ = 0;
};

TEST_P(FailingCallTest, CostsNothingThatWasAcked) {
  for (uint64_t call = 1; call <= kCalls; ++call) {
    for (const bool loses_power : {false, true}) {
      acked_.clear();
      cursor_ = 0;
      SimulatedFileSystem files;
      files.FailCall(call, GetParam());
      Live(files);
      files.FailCall(0, absl::OkStatus());
      if (loses_power) files.Crash();

      auto log = OpenTestLog(options_, files, clock_);
      ASSERT_TRUE(log.ok()) << "call " << call << ": " << log.status();
      const int64_t cursor = *(*log)->cursor(0);
      ASSERT_LE(cursor, cursor_);
      std::vector<std::string> expected;
      for (const std::string& entry : acked_) {
        if (std::stoll(entry) >= cursor) expected.push_back(entry);
      }
      auto found = DescribeLog(**log, cursor);
      // A batch that was refused may be there, whole: nobody knew.
      ASSERT_LE(found.size(), expected.size() + 1) << "call " << call;
      size_t at = 0;
      for (const std::string& entry : found) {
        if (at < expected.size() && entry == expected[at]) ++at;
      }
      ASSERT_EQ(at, expected.size()) << "call " << call;
      ASSERT_EQ((*log)->Stats().corrupt_records, 0u) << "call " << call;
      ASSERT_TRUE(AppendAndStore(**log, TestBatch(99)).ok());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Errors, FailingCallTest,
    testing::Values(absl::UnavailableError("Input/output error"),
                    absl::ResourceExhaustedError("No space left on device")));

}  // namespace
}  // namespace phoenix
