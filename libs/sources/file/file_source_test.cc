#include "libs/sources/file/file_source.h"

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/component/testing/fake_outlet.h"

namespace phoenix {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Tells that a source is still at work.
class CountingClock : public FakeClock {
 public:
  int64_t MonotonicNanos() const override {
    ++looks_;
    return FakeClock::MonotonicNanos();
  }
  uint64_t looks() const { return looks_; }

 private:
  mutable std::atomic<uint64_t> looks_ = 0;
};

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

  void Rewrite(const std::string& name, std::string_view text) {
    std::ofstream(folder_ + "/" + name, std::ios::trunc) << text;
  }

  // Returns when the source has looked for changes, and read all files since.
  void PassPolls() {
    // It looks at the clock fewer than eight times a poll with three files.
    const uint64_t enough = clock_.looks() + 24;
    while (clock_.looks() < enough) std::this_thread::yield();
  }

  std::set<std::string> Ids() const {
    std::set<std::string> ids;
    for (const EventBatchPtr& batch : outlet_.batches()) {
      for (uint32_t row = 0; row < batch->size(); ++row) {
        ids.insert(batch->attribute(Attribute::kId).ToString(row));
      }
    }
    return ids;
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
  CountingClock clock_;
  FakeOutlet outlet_;
  std::unique_ptr<FileSource> source_;
};

TEST_F(FileSourceTest, BoundsItsMemoryByTheFilesThatAreOpen) {
  EXPECT_LT(FileSource({}, clock_).max_memory_bytes(), 100u << 20);
  options_.max_open_files = 3;
  options_.decode.max_row_bytes = 1 << 20;
  EXPECT_EQ(FileSource(options_, clock_).max_memory_bytes(),
            3u * ((2 << 20) + (256 << 10)) + 3 * (2 << 20));
}

TEST_F(FileSourceTest, ReadsMoreFilesThanMayBeOpenOneAfterTheOther) {
  options_.path = folder_ + "/*.ndjson";
  options_.max_open_files = 2;
  for (int i = 0; i < 7; ++i) {
    Write(std::to_string(i) + ".ndjson", std::to_string(i) + "\n");
  }
  RunOnce(7);
  EXPECT_THAT(outlet_.payloads(),
              ElementsAre("0", "1", "2", "3", "4", "5", "6"));
  Write("7.ndjson", "7\n");
  RunOnce(1);
  EXPECT_THAT(outlet_.payloads(), SizeIs(8));
}

TEST_F(FileSourceTest, OpensTheNextFileOnlyWhenOneHasSettled) {
  options_.path = folder_ + "/*.ndjson";
  options_.max_open_files = 1;
  outlet_.SetAutoSettle(false);
  Write("a.ndjson", "1\n");
  Write("b.ndjson", "2\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
  outlet_.Settle();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  outlet_.Settle();
  while (!source_->Finished()) std::this_thread::yield();
}

TEST_F(FileSourceTest, DoesNotStartWithMoreFilesToFollowThanMayBeOpen) {
  options_.path = folder_ + "/*.ndjson";
  options_.follow = true;
  options_.max_open_files = 1;
  Write("a.ndjson", "1\n");
  Write("b.ndjson", "2\n");
  const absl::Status started = FileSource(options_, clock_).Start(outlet_);
  EXPECT_TRUE(absl::IsFailedPrecondition(started));
  EXPECT_THAT(std::string(started.message()), HasSubstr("max_open_files"));
}

TEST_F(FileSourceTest, PassesOverAFileToFollowBeyondThoseThatMayBeOpen) {
  options_.path = folder_ + "/*.ndjson";
  options_.follow = true;
  options_.max_open_files = 1;
  Write("a.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  Write("b.ndjson", "2\n");
  PassPolls();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
}

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

TEST_F(FileSourceTest, OffersRowsThatCantBeReadWithTheirPlace) {
  Write("in.ndjson", "1\nnonsense\n3\n");
  RunOnce(2);
  ASSERT_THAT(outlet_.unreadable(), SizeIs(1));
  const FakeOutlet::Unreadable row = outlet_.unreadable()[0];
  EXPECT_EQ(row.bytes, "nonsense");
  EXPECT_EQ(row.place, options_.path + ":2");
  EXPECT_THAT(row.error, HasSubstr("in.ndjson:2: not valid JSON"));
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_INVALID", 1)));
}

TEST_F(FileSourceTest, NumbersLinesFromTheBeginningOfTheFile) {
  Write("in.ndjson", "1\n2\n");
  RunOnce(2);
  Write("in.ndjson", "3\nnonsense\n");
  RunOnce(3);
  ASSERT_THAT(outlet_.unreadable(), SizeIs(1));
  EXPECT_EQ(outlet_.unreadable()[0].place, options_.path + ":4");
}

TEST_F(FileSourceTest, KeepsTheBeginningOfARowThatIsTooLong) {
  options_.decode.max_row_bytes = 8;
  Write("in.ndjson", "1\n\"0123456789\"\n3\n");
  RunOnce(2);
  ASSERT_THAT(outlet_.unreadable(), SizeIs(1));
  EXPECT_EQ(outlet_.unreadable()[0].bytes, "\"0123456");
  EXPECT_EQ(outlet_.unreadable()[0].place, options_.path + ":2");
  EXPECT_THAT(outlet_.rejected(), ElementsAre(Pair("EVENT_TOO_LARGE", 1)));
}

TEST_F(FileSourceTest, GivesARowThatCantBeReadTheSameIdAgain) {
  options_.state_path = "";
  Write("in.ndjson", "nonsense\n1\n");
  RunOnce(1);
  RunOnce(2);
  ASSERT_THAT(outlet_.unreadable(), SizeIs(2));
  EXPECT_EQ(outlet_.unreadable()[0].id, outlet_.unreadable()[1].id);
}

TEST_F(FileSourceTest, ReadsAgainARowWhoseDeadLetterHadNotSettled) {
  Write("in.ndjson", "nonsense\n1\n");
  outlet_.SetAutoSettle(false);
  RunOnce(1);
  outlet_.Settle(Outcome::kDelivered, 1);
  outlet_.Settle(Outcome::kRetry);
  outlet_.SetAutoSettle(true);
  RunOnce(2);
  EXPECT_THAT(outlet_.unreadable(), SizeIs(2));
  Write("in.ndjson", "2\n");
  RunOnce(3);
  EXPECT_THAT(outlet_.unreadable(), SizeIs(2));
}

TEST_F(FileSourceTest, PassesOverAByteOrderMark) {
  Write("in.csv", "\xEF\xBB\xBFn,v\na,1\n");
  options_.path = folder_ + "/in.csv";
  RunOnce(1);
  Write("in.csv", "b,2\n");
  RunOnce(2);
  EXPECT_THAT(outlet_.payloads(),
              ElementsAre("{\"n\":\"a\",\"v\":1}", "{\"n\":\"b\",\"v\":2}"));
}

TEST_F(FileSourceTest, SaysWhereAHeaderHasANameTwice) {
  Write("in.csv", "n,n\na,1\n");
  options_.path = folder_ + "/in.csv";
  RunOnce(0);
  ASSERT_THAT(outlet_.unreadable(), SizeIs(2));
  EXPECT_THAT(outlet_.unreadable()[0].error,
              HasSubstr("in.csv:1: name 'n' comes twice"));
}

TEST_F(FileSourceTest, PassesOverWhatIsNoFileInAPattern) {
  std::filesystem::create_directories(folder_ + "/b.ndjson");
  ASSERT_EQ(mkfifo((folder_ + "/c.ndjson").c_str(), 0600), 0);
  Write("a.ndjson", "1\n");
  Write("d.ndjson", "2\n");
  options_.path = folder_ + "/*.ndjson";
  RunOnce(2);
  EXPECT_THAT(outlet_.payloads(), UnorderedElementsAre("1", "2"));
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

TEST_F(FileSourceTest, SaysThatAPositionCantBeSavedUntilItCan) {
  options_.state_path = folder_ + "/states/state";
  Write("in.ndjson", "1\n");
  RunOnce(1);
  EXPECT_THAT(std::string(source_->Health().message()),
              HasSubstr("the next run reads again"));
  EXPECT_THAT(outlet_.rejected(), Contains(Key("POSITION_NOT_SAVED")));
  std::filesystem::create_directories(folder_ + "/states");
  RunOnce(2);
  EXPECT_TRUE(source_->Health().ok()) << source_->Health();
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

TEST_F(FileSourceTest, BeginsAnewWhenAFileIsRewrittenAsLongOrLonger) {
  options_.follow = true;
  Write("in.ndjson", "1\n2\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  Rewrite("in.ndjson", "3\n4\n");
  ASSERT_TRUE(outlet_.WaitForEvents(4));
  Rewrite("in.ndjson", "5\n6\n7\n");
  ASSERT_TRUE(outlet_.WaitForEvents(7));
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(),
              ElementsAre("1", "2", "3", "4", "5", "6", "7"));
  EXPECT_THAT(Ids(), SizeIs(7));
}

TEST_F(FileSourceTest, BeginsAnewWhenAFileWasRewrittenWhileItWasAway) {
  Write("in.ndjson", "1\n2\n");
  RunOnce(2);
  Rewrite("in.ndjson", "3\n4\n5\n");
  RunOnce(5);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3", "4", "5"));
}

// As when the file was deleted, and its inode given to a new one.
TEST_F(FileSourceTest, ReadsTheHeadOfANewFileThatHasAnOldInode) {
  options_.follow = true;
  Write("in.ndjson", "1\n2\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  source_->Stop();
  Rewrite("in.ndjson", "3\n4\n5\n");
  std::filesystem::rename(options_.path, folder_ + "/other.ndjson");
  Write("in.ndjson", "6\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  std::filesystem::rename(folder_ + "/other.ndjson", options_.path);
  ASSERT_TRUE(outlet_.WaitForEvents(6));
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "6", "3", "4", "5"));
}

TEST_F(FileSourceTest, GoesOnByTheStateFileOfAnEarlierVersion) {
  Write("in.ndjson", "1\n2\n");
  struct stat info {};
  ASSERT_EQ(stat(options_.path.c_str(), &info), 0);
  Write("state", "{\"files\":[{\"path\":\"" + options_.path +
                     "\",\"device\":" + std::to_string(info.st_dev) +
                     ",\"inode\":" + std::to_string(info.st_ino) +
                     ",\"offset\":2}]}");
  RunOnce(1);
  EXPECT_THAT(outlet_.payloads(), ElementsAre("2"));
}

TEST_F(FileSourceTest, LosesNothingWhenAFileIsCopiedAndTruncated) {
  options_.follow = true;
  Start();
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    for (int row = 0; row <= i % 3; ++row) {
      expected.push_back(std::to_string(100 * i + row));
      Write("in.ndjson", expected.back() + "\n");
    }
    ASSERT_TRUE(outlet_.WaitForEvents(expected.size()));
    std::filesystem::copy_file(
        options_.path, folder_ + "/in.ndjson.1",
        std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(options_.path, 0);
  }
  source_->Stop();
  EXPECT_EQ(outlet_.payloads(), expected);
}

TEST_F(FileSourceTest, ReadsARenamedFileUntilItsWriterHasLeft) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::filesystem::rename(options_.path, folder_ + "/in.ndjson.1");
  Write("in.ndjson", "2\n");
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  PassPolls();
  clock_.Advance(FileSource::kReplacedGrace / 2);
  PassPolls();
  Write("in.ndjson.1", "3\n");
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  clock_.Advance(FileSource::kReplacedGrace / 2);
  PassPolls();
  Write("in.ndjson.1", "4\n5");
  ASSERT_TRUE(outlet_.WaitForEvents(4));
  PassPolls();
  clock_.Advance(FileSource::kReplacedGrace);
  ASSERT_TRUE(outlet_.WaitForEvents(5));
  PassPolls();
  Write("in.ndjson.1", "6\n");
  PassPolls();
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(FileSourceTest, WaitsForTheReplacementOfARenamedFile) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::filesystem::rename(options_.path, folder_ + "/in.ndjson.1");
  PassPolls();
  clock_.Advance(2 * FileSource::kReplacedGrace);
  PassPolls();
  Write("in.ndjson.1", "2\n");
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  source_->Stop();
}

TEST_F(FileSourceTest, ReadsADeletedFileUntilItsWriterHasLeft) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::ofstream writer(options_.path, std::ios::app);
  std::filesystem::remove(options_.path);
  PassPolls();
  writer << "2\n" << std::flush;
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  Write("in.ndjson", "3\n");
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  writer << "4\n" << std::flush;
  ASSERT_TRUE(outlet_.WaitForEvents(4));
  PassPolls();
  clock_.Advance(FileSource::kReplacedGrace);
  PassPolls();
  writer << "5\n" << std::flush;
  PassPolls();
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3", "4"));
}

TEST_F(FileSourceTest, LetsGoOfAFileThatIsGoneForLong) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::ofstream writer(options_.path, std::ios::app);
  std::filesystem::remove(options_.path);
  PassPolls();
  clock_.Advance(FileSource::kGoneGrace);
  PassPolls();
  writer << "2\n" << std::flush;
  PassPolls();
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1"));
}

TEST_F(FileSourceTest, FindsARenamedFileAgainAfterEachStart) {
  options_.follow = true;
  Write("in.ndjson", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::filesystem::rename(options_.path, folder_ + "/in.ndjson.1");
  for (size_t i = 2; i < 5; ++i) {
    source_->Stop();
    Write("in.ndjson.1", std::to_string(i) + "\n");
    Start();
    ASSERT_TRUE(outlet_.WaitForEvents(i));
  }
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3", "4"));
}

TEST_F(FileSourceTest, DoesNotReadAFinishedFileOfItsPatternAfterAStart) {
  options_.follow = true;
  options_.path = folder_ + "/in*";
  Write("in.log", "1\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(1));
  std::filesystem::rename(folder_ + "/in.log", folder_ + "/in.log.1");
  Write("in.log", "2\n");
  ASSERT_TRUE(outlet_.WaitForEvents(2));
  PassPolls();
  clock_.Advance(FileSource::kReplacedGrace);
  PassPolls();
  source_->Stop();
  Write("in.log", "3\n");
  Start();
  ASSERT_TRUE(outlet_.WaitForEvents(3));
  PassPolls();
  source_->Stop();
  EXPECT_THAT(outlet_.payloads(), ElementsAre("1", "2", "3"));
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
