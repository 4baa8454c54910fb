// What a record that was damaged, or is none, is taken for.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/crc32c.h"
#include "libs/base/text.h"
#include "libs/sinks/file/delivery_record.h"
#include "libs/sinks/file/delivery_record.pb.h"
#include "libs/sinks/file/journal.h"
#include "libs/sinks/testing/temp_directory.h"

namespace phoenix {
namespace {

using sinks::file::internal::DeliveryEntry;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const BatchIdentity kOrders{.log = "orders", .partition = 3, .first_offset = 0};

class DeliveryRecordDamageTest : public testing::Test {
 protected:
  DeliveryRecordDamageTest() : directory_({.path = temp_.path()}) {
    EXPECT_TRUE(directory_.Open().ok());
  }

  absl::Status Load(const std::string& bytes) {
    record_.reset();
    temp_.Write("r", bytes);
    record_.emplace(directory_, "r", /*sync=*/false);
    return record_->Load();
  }

  std::string ErrorOf(const std::string& bytes) {
    const absl::Status status = Load(bytes);
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_EQ(temp_.Read("r"), bytes) << "it is left as it is";
    return std::string(status.message());
  }

  // What a sink has left that wrote three times.
  std::string ThreeCommits() {
    DeliveryRecord record(directory_, "made", /*sync=*/false);
    EXPECT_TRUE(record.Load().ok());
    EXPECT_TRUE(record.Restart().ok());
    ends_.push_back(temp_.Read("made").size());
    EXPECT_TRUE(record.Open("a", {.inode = 7, .length = 0}).ok());
    ends_.push_back(temp_.Read("made").size());
    for (int64_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(record
                      .Commit({{"a", static_cast<uint64_t>(i + 1)}},
                              {{kOrders, {{10 * i, 10 * i + 3}}}})
                      .ok());
      ends_.push_back(temp_.Read("made").size());
    }
    return temp_.Read("made");
  }

  bool KnowsAll() const {
    const OffsetSet* const known = record_->Find(kOrders);
    return known != nullptr && known->Contains(0) && known->Contains(12) &&
           known->Contains(22) && record_->files().at("a").length == 3;
  }

  TempDirectory temp_;
  ConfinedDirectory directory_;
  std::optional<DeliveryRecord> record_;
  std::vector<size_t> ends_;  // Of entries, both copies.
};

// A frame and an entry as version 1 had them.
std::string FrameOf(const DeliveryEntry& entry) {
  const std::string body = entry.SerializeAsString();
  const auto little = [](uint32_t value) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> 8 * i);
    return bytes;
  };
  const std::string size = little(static_cast<uint32_t>(body.size()));
  return "phxD" + size + little(ExtendCrc32c(Crc32c(size), body)) + body;
}

std::string VersionOne() {
  DeliveryEntry head;
  head.set_version(1);
  DeliveryEntry opened;
  opened.add_files()->set_path("a");
  std::string bytes = FrameOf(head) + FrameOf(opened);
  for (int64_t i = 0; i < 3; ++i) {
    DeliveryEntry entry;
    entry.add_files()->set_path("a");
    entry.mutable_files(0)->set_length(i + 1);
    DeliveryEntry::Offsets& offsets = *entry.add_offsets();
    offsets.set_log(kOrders.log);
    offsets.set_partition(kOrders.partition);
    offsets.add_runs(10 * i);
    offsets.add_runs(3);
    bytes += FrameOf(entry);
  }
  return bytes;
}

// The first of the tests: the log says one thing only so often in a second.
TEST_F(DeliveryRecordDamageTest, SaysWhereADamagedCopyIs) {
  std::string damaged = ThreeCommits();
  damaged.back() ^= 1;
  testing::internal::CaptureStderr();
  ASSERT_TRUE(Load(damaged).ok());
  const size_t copy = (ends_.back() - ends_[ends_.size() - 2]) / 2;
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("was passed over"),
                    HasSubstr(Cat("r offset=", damaged.size() - copy,
                                  " bytes=", copy))));
}

TEST_F(DeliveryRecordDamageTest, LosesNothingByAnyBitThatFlips) {
  const std::string whole = ThreeCommits();
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const absl::Status status = Load(damaged);
    ASSERT_TRUE(status.ok()) << bit << status;
    ASSERT_TRUE(KnowsAll()) << bit;
    const auto damage =
        ReadJournal(damaged, [](auto) { return absl::OkStatus(); });
    ASSERT_LE(damage->offset, bit / 8);
    ASSERT_GT(damage->offset + damage->bytes, bit / 8) << "it is told";
  }
}

TEST_F(DeliveryRecordDamageTest, SaysNothingOfWhatACrashLeaves) {
  const std::string whole = ThreeCommits();
  testing::internal::CaptureStderr();
  for (size_t size = ends_[3]; size <= whole.size(); ++size) {
    ASSERT_TRUE(Load(whole.substr(0, size)).ok()) << size;
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), IsEmpty());
}

TEST_F(DeliveryRecordDamageTest, RefusesToGoOnWithoutAnEntry) {
  const std::string whole = ThreeCommits();
  for (size_t i = 1; i + 1 < ends_.size(); ++i) {
    std::string damaged = whole;
    damaged[ends_[i] - 1] ^= 1;
    damaged[(ends_[i - 1] + ends_[i]) / 2 - 1] ^= 1;
    EXPECT_THAT(ErrorOf(damaged), HasSubstr("r' has lost both copies of entry"))
        << i;
    damaged = whole.substr(0, ends_[i - 1]) + whole.substr(ends_[i]);
    EXPECT_THAT(ErrorOf(damaged), HasSubstr("has lost both copies")) << i;
  }
}

TEST_F(DeliveryRecordDamageTest, RefusesWhatWasNeverARecord) {
  const std::string whole = ThreeCommits();
  EXPECT_THAT(ErrorOf(""), HasSubstr("/r' holds nothing that"));
  EXPECT_THAT(ErrorOf(std::string(300, '\0')), HasSubstr("holds nothing that"));
  EXPECT_THAT(ErrorOf("junk, longer than a header"), HasSubstr("move it away"));
  EXPECT_THAT(ErrorOf(whole.substr(0, ends_[0] / 2 - 1)),
              HasSubstr("holds nothing that"));
  EXPECT_THAT(ErrorOf(whole.substr(ends_[0])),
              HasSubstr("has lost its beginning"));
}

TEST_F(DeliveryRecordDamageTest, ReadsVersionOneAndGoesOnWithItsOwn) {
  ASSERT_TRUE(Load(VersionOne()).ok());
  EXPECT_TRUE(KnowsAll());
  ASSERT_TRUE(record_->Restart().ok());
  record_->Release();
  DeliveryEntry head;
  const std::string bytes = temp_.Read("r");
  ASSERT_TRUE(head.ParseFromString(bytes.substr(12, bytes.size() / 2 - 12)));
  EXPECT_EQ(head.version(), DeliveryRecord::kVersion)
      << "older programs have to refuse it";
  EXPECT_TRUE(Load(bytes).ok());
}

TEST_F(DeliveryRecordDamageTest, RefusesDamageInsideOfVersionOne) {
  std::string damaged = VersionOne();
  const size_t last = damaged.rfind("phxD");
  damaged[last - 1] ^= 1;
  EXPECT_THAT(ErrorOf(damaged), HasSubstr("is damaged at byte"));
  EXPECT_TRUE(Load(VersionOne().substr(0, last + 5)).ok()) << "torn";
}

TEST_F(DeliveryRecordDamageTest, RefusesANewerVersion) {
  DeliveryEntry head;
  head.set_version(DeliveryRecord::kVersion + 1);
  head.set_sequence(1);
  EXPECT_TRUE(absl::IsFailedPrecondition(Load(FrameOf(head))));
}

}  // namespace
}  // namespace phoenix
