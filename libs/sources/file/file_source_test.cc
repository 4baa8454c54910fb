#include "libs/sources/file/file_source.h"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class FileSourceTest : public testing::Test {
 protected:
  FileSourceTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    options_.path = folder_ + "/in.ndjson";
    options_.state_path = folder_ + "/state";
    options_.poll_interval = std::chrono::milliseconds(1);
    options_.decode.defaults = {"id-", "/test", "test", "application/json"};
  }

  void Write(const std::string& name, std::string_view text) {
    std::ofstream(folder_ + "/" + name, std::ios::app) << text;
  }

  void Start() {
    source_ = std::make_unique<FileSource>(options_, clock_);
    const absl::Status started = source_->Start(outlet_);
    ASSERT_TRUE(started.ok()) << started;
  }

  // Reads everything once, from the start to the end of a run.
  void RunOnce(size_t events) {
    Start();
    ASSERT_TRUE(outlet_.WaitForEvents(events));
    while (!source_->Finished()) std::this_thread::yield();
    source_->Stop();
  }

  const std::string folder_ =
      testing::TempDir() + "/" +
      testing::UnitTest::GetInstance()->current_test_info()->name();
  FileSourceOptions options_;
  FakeClock clock_;
  FakeOutlet outlet_;
  std::unique_ptr<FileSource> source_;
};

TEST_F(FileSourceTest, ReadsAFileToItsEnd) {
  Write("in.ndjson", "1\n{\"a\":2}\n3");
  RunOnce(3);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "{\"a\":2}", "3"));
}

TEST_F(FileSourceTest, ReadsCsvByItsName) {
  Write("in.csv", "n,v\na,1\n");
  options_.path = folder_ + "/in.csv";
  RunOnce(1);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("{\"n\":\"a\",\"v\":1}"));
}

TEST_F(FileSourceTest, ReadsTheFilesOfAPatternOnLanesOfTheirOwn) {
  Write("a.ndjson", "1\n");
  Write("b.ndjson", "2\n");
  options_.path = folder_ + "/*.ndjson";
  RunOnce(2);
  EXPECT_THAT(outlet_.payloads(), UnorderedElementsAre("1", "2"));
  EXPECT_NE(outlet_.events()[0].lane, outlet_.events()[1].lane);
}

TEST_F(FileSourceTest, CountsRowsThatCantBeRead) {
  Write("in.ndjson", "1\nnonsense\n3\n");
  RunOnce(2);
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 1)));
}

TEST_F(FileSourceTest, GoesOnWhereItWasWhenItStartsAgain) {
  Write("in.ndjson", "1\n2\n");
  RunOnce(2);
  Write("in.ndjson", "3\n");
  RunOnce(3);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3"));
}

TEST_F(FileSourceTest, ReadsAgainWhatHadNotSettled) {
  Write("in.ndjson", "1\n2\n");
  outlet_.SetAutoSettle(false);
  RunOnce(2);
  outlet_.Settle(Outcome::kRetry);
  outlet_.SetAutoSettle(true);
  RunOnce(4);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "1", "2"));
}

TEST_F(FileSourceTest, SavesWhatSettlesAfterTheEndOfTheFile) {
  Write("in.ndjson", "1\n2\n");
  outlet_.SetAutoSettle(false);
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  while (!source_->Finished()) std::this_thread::yield();
  outlet_.Settle();
  source_->Stop();
  Write("in.ndjson", "3\n");
  RunOnce(3);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3"));
}

TEST_F(FileSourceTest, GoesOnInACsvWithItsHeader) {
  Write("in.csv", "n,v\na,1\n");
  options_.path = folder_ + "/in.csv";
  RunOnce(1);
  Write("in.csv", "b,2\n");
  RunOnce(2);
  EXPECT_EQ(outlet_.payloads().back(), "{\"n\":\"b\",\"v\":2}");
}

TEST_F(FileSourceTest, FollowsAFileAsItGrows) {
  options_.follow = true;
  Start();
  Write("in.ndjson", "1\n");
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  Write("in.ndjson", "2\n");
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  EXPECT_FALSE(source_->Finished());
  source_->Stop();
}

TEST_F(FileSourceTest, FollowsAFileOverItsRenaming) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  Write("in.ndjson", "2\n");
  std::filesystem::rename(options_.path, folder_ + "/in.ndjson.1");
  Write("in.ndjson", "3\n");
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  Write("in.ndjson", "4\n");
  ASSERT_TRUE(outlet_.WaitForEvents(4));
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), UnorderedElementsAre("1", "2", "3", "4"));
}

TEST_F(FileSourceTest, FindsTheRestOfAFileThatWasRenamedWhileItWasAway) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  source_->Stop();
  Write("in.ndjson", "2\n");
  std::filesystem::rename(options_.path, folder_ + "/in.ndjson.1");
  Write("in.ndjson", "3\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), UnorderedElementsAre("1", "2", "3"));
}

TEST_F(FileSourceTest, DoesNotReadARenamedFileOfItsPatternAgain) {
  options_.follow = true;
  options_.path = folder_ + "/in*";
  options_.state_path = "";
  Write("in.log", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::filesystem::rename(folder_ + "/in.log", folder_ + "/in.log.1");
  for (int i = 2; i < 20; ++i) {
    Write("in.log", std::to_string(i) + "\n");
    ASSERT_TRUE(outlet_.WaitForEvents(i));
  }
  source_->Stop();
  EXPECT_EQ(outlet_.event_count(), 19u);
}

TEST_F(FileSourceTest, BeginsAnewWhenAFileIsTruncated) {
  options_.follow = true;
  Write("in.ndjson", "1\n22222\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  std::filesystem::resize_file(options_.path, 0);
  Write("in.ndjson", "3\n");
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  source_->Stop();
  EXPECT_EQ(outlet_.payloads().back(), "3");
}

TEST_F(FileSourceTest, WaitsForCreditAndLosesNothing) {
  std::vector<std::string> expected;
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    expected.push_back(std::to_string(i));
    text += expected.back() + "\n";
  }
  Write("in.ndjson", text);
  outlet_.SetCredit(0);
  Start();
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  outlet_.SetCredit(1);
  ASSERT_TRUE(outlet_.WaitForWaiters(1));
  outlet_.SetCredit(FakeOutlet::kUnlimited);
  ASSERT_TRUE(outlet_.WaitForEvents(expected.size()));
  source_->Stop();
  EXPECT_EQ(outlet_.payloads(), expected);
}

TEST_F(FileSourceTest, SaysThatAPathIsADirectory) {
  options_.path = folder_;
  const absl::Status started = FileSource(options_, clock_).Start(outlet_);
  EXPECT_EQ(started.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(started.message()), HasSubstr("is a directory"));
}

TEST_F(FileSourceTest, SaysThatThereIsNoSuchFile) {
  const absl::Status started = FileSource(options_, clock_).Start(outlet_);
  EXPECT_EQ(started.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(started.message()), HasSubstr("in.ndjson"));
}

TEST_F(FileSourceTest, SaysThatAFileCantBeRead) {
  // Unlike a file without permissions, not even root can open a socket's name.
  ASSERT_EQ(mknod(options_.path.c_str(), S_IFSOCK | 0600, 0), 0);
  EXPECT_FALSE(FileSource(options_, clock_).Start(outlet_).ok());
}

TEST_F(FileSourceTest, SaysThatItsStateFileIsBroken) {
  Write("in.ndjson", "1\n");
  Write("state", "nonsense");
  EXPECT_EQ(FileSource(options_, clock_).Start(outlet_).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_THAT(outlet_.payloads(), IsEmpty());
}

}  // namespace
}  // namespace phoenix
