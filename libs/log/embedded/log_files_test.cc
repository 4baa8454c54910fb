// The small files of a log's folder: META, quarantine, reserve.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/log/embedded/reserve_file.h"
#include "libs/log/embedded/testing/simulated_file_system.h"

namespace phoenix {
namespace {

using testing::HasSubstr;

LogMeta SomeMeta() { return {kLogFormatVersion, {1, 2}, "a pipeline"}; }

TEST(LogMetaTest, ReadsWhatWasWritten) {
  const auto meta = ParseLogMeta(EncodeLogMeta(SomeMeta()));
  ASSERT_TRUE(meta.ok()) << meta.status();
  EXPECT_EQ(meta->id, SomeMeta().id);
  EXPECT_EQ(meta->pipeline, "a pipeline");
}

TEST(LogMetaTest, SeesEveryBitThatTurnedOver) {
  const std::string text = EncodeLogMeta(SomeMeta());
  for (size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string damaged = text;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    EXPECT_FALSE(ParseLogMeta(damaged).ok()) << bit;
  }
}

TEST(LogMetaTest, IsTheLastThingThatIsMade) {
  SimulatedFileSystem files;
  files.FailCall(12, absl::UnavailableError("EIO"));
  EXPECT_FALSE(OpenLogFolder(files, "/log", SomeMeta()).ok());
  files.Crash();
  EXPECT_TRUE(OpenLogFolder(files, "/log", SomeMeta()).ok());
  EXPECT_TRUE(ReadLogMeta(files, "/log").ok());
}

TEST(LogMetaTest, IsNotMadeForSegmentsThatAreThere) {
  SimulatedFileSystem files;
  files.SetContent("/log/segments/00000000000000000000.log", "events");
  const auto status = OpenLogFolder(files, "/log", SomeMeta()).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("META is missing"));
}

TEST(LogMetaTest, TellsWhetherAFolderCouldBeOpenedAndChangesNothing) {
  SimulatedFileSystem files;
  EXPECT_TRUE(CheckLogFolder(files, "/log", SomeMeta()).ok());
  ASSERT_TRUE(OpenLogFolder(files, "/log", SomeMeta()).ok());
  EXPECT_TRUE(CheckLogFolder(files, "/log", SomeMeta()).ok());
  LogMeta other = SomeMeta();
  other.pipeline = "another";
  EXPECT_EQ(CheckLogFolder(files, "/log", other),
            OpenLogFolder(files, "/log", other).status());
}

TEST(LogMetaTest, TellsOfAFolderThatIsInUse) {
  SimulatedFileSystem files;
  const auto open = OpenLogFolder(files, "/log", SomeMeta());
  ASSERT_TRUE(open.ok());
  EXPECT_TRUE(CheckLogFolder(files, "/log", SomeMeta()).ok());
}

TEST(LogMetaTest, TellsThatMetaIsMissingOrDamaged) {
  SimulatedFileSystem files;
  files.SetContent("/old/segments/00000000000000000000.log", "events");
  EXPECT_THAT(std::string(CheckLogFolder(files, "/old", SomeMeta()).message()),
              HasSubstr("META is missing"));
  files.SetContent("/bad/META", "phoenix-log 1\n");
  EXPECT_TRUE(absl::IsDataLoss(CheckLogFolder(files, "/bad", SomeMeta())));
}

class QuarantineTest : public testing::Test {
 protected:
  QuarantineTest() {
    files_.SetContent("/segment", "good BAD good");
    segment_ = *files_.Open("/segment", OpenMode::kRead);
  }

  std::unique_ptr<Quarantine> Open() {
    return *Quarantine::Open(files_, "/quarantine");
  }

  SimulatedFileSystem files_;
  std::unique_ptr<File> segment_;
};

constexpr CorruptRecord kRecord = {100, 5, 8, 3};

TEST_F(QuarantineTest, NamesAFileByWhatIsInIt) {
  EXPECT_EQ(QuarantineFileName(kRecord), "00000000000000000100-5-8-3.bin");
  const auto record = ParseQuarantineFileName(QuarantineFileName(kRecord));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->segment_base, 100);
  EXPECT_EQ(record->bytes(), 3u);
  EXPECT_EQ(record->lost_events, 3u);
  EXPECT_FALSE(ParseQuarantineFileName("5-8-3.bin").has_value());
  EXPECT_FALSE(ParseQuarantineFileName("1-8-5-3.bin").has_value());
}

TEST_F(QuarantineTest, KeepsTheBytesAndCountsThemOnce) {
  auto quarantine = Open();
  EXPECT_TRUE(quarantine->Add(*segment_, kRecord));
  EXPECT_FALSE(quarantine->Add(*segment_, kRecord));
  files_.Crash();
  quarantine = Open();
  EXPECT_FALSE(quarantine->Add(*segment_, kRecord));
  EXPECT_EQ(quarantine->counts().records, 1u);
  EXPECT_EQ(quarantine->counts().events, 3u);
  EXPECT_EQ(quarantine->counts().bytes, 3u);
  EXPECT_EQ(files_.Content("/quarantine/" + QuarantineFileName(kRecord)),
            "BAD");
}

TEST_F(QuarantineTest, CountsWhatCannotBeWritten) {
  const auto quarantine = Open();
  files_.FailCall(2, absl::ResourceExhaustedError("full"));
  EXPECT_TRUE(quarantine->Add(*segment_, kRecord));
  EXPECT_EQ(quarantine->counts().records, 1u);
}

TEST(ReserveFileTest, HoldsRoomThatCanBeGivenUp) {
  SimulatedFileSystem files;
  ReserveFile reserve(files, "/log");
  EXPECT_TRUE(reserve.Take().ok());
  EXPECT_EQ(files.used_bytes(), ReserveFile::kBytes);
  reserve.GiveUp();
  EXPECT_EQ(files.used_bytes(), 0u);
  files.SetCapacity(1000);
  EXPECT_TRUE(absl::IsResourceExhausted(reserve.Take()));
  EXPECT_EQ(files.used_bytes(), 0u);
}

}  // namespace
}  // namespace phoenix
