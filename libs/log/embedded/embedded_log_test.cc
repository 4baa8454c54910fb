#include "libs/log/embedded/embedded_log.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/clock.h"
#include "libs/base/error_details.h"
#include "libs/base/random.h"
#include "libs/event/batch_testing.h"
#include "libs/log/embedded/reserve_file.h"
#include "libs/log/embedded/testing/simulated_file_system.h"

namespace phoenix {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

EventBatchPtr Batch(uint64_t seed, uint32_t max_events = 10) {
  Random random(seed);
  return RandomBatch(random, max_events);
}

class EmbeddedLogTest : public testing::Test {
 protected:
  EmbeddedLogTest() {
    options_.folder = "/data/log";
    options_.pipeline = "telemetry";
    options_.max_bytes = 64 << 20;
    options_.has_thread = false;
  }

  std::unique_ptr<EmbeddedLog> Open() {
    auto log = EmbeddedLog::Open(options_, files_, clock_);
    EXPECT_TRUE(log.ok()) << log.status();
    return log.ok() ? *std::move(log) : nullptr;
  }

  absl::Status OpenError() {
    return EmbeddedLog::Open(options_, files_, clock_).status();
  }

  // Appends and stores; the batch that came back, or the error.
  absl::StatusOr<EventBatchPtr> Append(EmbeddedLog& log, EventBatchPtr batch,
                                       uint64_t lane = 0) {
    absl::StatusOr<EventBatchPtr> result = absl::InternalError("not called");
    const absl::Status taken = log.Append(
        std::move(batch), lane, [&](absl::StatusOr<EventBatchPtr> stored) {
          result = std::move(stored);
        });
    if (!taken.ok()) return taken;
    log.Step();
    return result;
  }

  std::vector<LogEntry> ReadAll(EmbeddedLog& log, int64_t from = 0) {
    std::vector<LogEntry> entries;
    auto reader = log.Read(0, from);
    while (true) {
      auto entry = (*reader)->Next();
      EXPECT_TRUE(entry.ok()) << entry.status();
      if (!entry.ok() || !*entry) return entries;
      entries.push_back(**entry);
    }
  }

  std::string SegmentPath(size_t i) {
    std::vector<std::string> paths;
    for (const std::string& path : files_.Paths()) {
      if (path.find("/segments/") != std::string::npos) paths.push_back(path);
    }
    return paths.at(i);
  }

  SimulatedFileSystem files_;
  FakeClock clock_;
  EmbeddedLogOptions options_;
};

TEST_F(EmbeddedLogTest, GivesABatchItsIdentity) {
  auto log = Open();
  const EventBatchPtr batch = Batch(1);
  const auto stored = Append(*log, batch);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_THAT((*stored)->identity().log, StartsWith("telemetry@"));
  EXPECT_EQ((*stored)->identity().partition, 0);
  EXPECT_EQ((*stored)->identity().first_offset, 0);
  EXPECT_EQ(DescribeEvents(**stored), DescribeEvents(*batch));
  const auto next = Append(*log, batch);
  EXPECT_EQ((*next)->identity().first_offset, batch->size());
}

TEST_F(EmbeddedLogTest, ReadsFromMemoryWhatItHasJustStored) {
  auto log = Open();
  const EventBatchPtr batch = Batch(1);
  ASSERT_TRUE(Append(*log, batch, 7).ok());
  const uint64_t calls = files_.calls();
  const auto entries = ReadAll(*log);
  EXPECT_EQ(files_.calls(), calls);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].lane, 7u);
  EXPECT_EQ(entries[0].append_time, clock_.Now());
  EXPECT_EQ(entries[0].batch->payloads().blob.data(),
            batch->payloads().blob.data());
}

TEST_F(EmbeddedLogTest, ReadsAfterReopeningWhatWasStored) {
  const EventBatchPtr first = Batch(1);
  const EventBatchPtr second = Batch(2);
  {
    auto log = Open();
    ASSERT_TRUE(Append(*log, first, 3).ok());
    ASSERT_TRUE(Append(*log, second, 4).ok());
    EXPECT_TRUE(log->Close().ok());
  }
  auto log = Open();
  const auto entries = ReadAll(*log);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(DescribeEvents(*entries[0].batch), DescribeEvents(*first));
  EXPECT_EQ(DescribeEvents(*entries[1].batch), DescribeEvents(*second));
  EXPECT_EQ(entries[1].lane, 4u);
  EXPECT_EQ(entries[1].first_offset, first->size());
  EXPECT_EQ(entries[1].batch->identity().first_offset, first->size());
  EXPECT_THAT(entries[1].batch->identity().log, StartsWith("telemetry@"));
  EXPECT_EQ(ReadAll(*log, first->size()).size(), 1u);
}

TEST_F(EmbeddedLogTest, SaysWhereARunOfTheProcessMayHaveBegun) {
  for (int run = 0; run < 2; ++run) {
    auto log = Open();
    ASSERT_TRUE(Append(*log, Batch(1)).ok());
    ASSERT_TRUE(Append(*log, Batch(2)).ok());
    EXPECT_TRUE(log->Close().ok());
  }
  std::vector<bool> begins;
  for (const LogEntry& entry : ReadAll(*Open())) {
    begins.push_back(entry.may_begin_run);
  }
  EXPECT_THAT(begins, testing::ElementsAre(true, false, true, false));
}

TEST_F(EmbeddedLogTest, KeepsWhatWasAckedWhenPowerIsLost) {
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  files_.Crash();
  log = nullptr;
  log = Open();
  const auto entries = ReadAll(*log);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(DescribeEvents(*entries[0].batch), DescribeEvents(*Batch(1)));
  EXPECT_EQ(log->Stats().corrupt_records, 0u);
}

TEST_F(EmbeddedLogTest, StoresAllThatWaitWithOneSync) {
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  const uint64_t syncs = log->Stats().syncs;
  int acked = 0;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(
        log->Append(Batch(2), 0,
                    [&](absl::StatusOr<EventBatchPtr> b) { acked += b.ok(); })
            .ok());
  }
  log->Step();
  EXPECT_EQ(acked, 100);
  EXPECT_EQ(log->Stats().syncs, syncs + 1);
  EXPECT_EQ(log->Stats().appended_batches, 101u);
}

TEST_F(EmbeddedLogTest, GoesOnInANewSegmentAfterAFailedSync) {
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  // Of a group: the reserve is there, so write, then sync.
  files_.FailCall(2, absl::UnavailableError("sync: Input/output error"));
  const auto refused = Append(*log, Batch(2));
  EXPECT_TRUE(absl::IsUnavailable(refused.status())) << refused.status();
  const auto stored = Append(*log, Batch(3));
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(log->Stats().segments, 2u);
  EXPECT_EQ(log->Stats().failed_groups, 1u);
  files_.Crash();
  log = nullptr;
  log = Open();
  const auto entries = ReadAll(*log);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(DescribeEvents(*entries[1].batch), DescribeEvents(*Batch(3)));
  EXPECT_EQ(entries[1].first_offset, (*stored)->identity().first_offset);
}

TEST_F(EmbeddedLogTest, RefusesAllThatWasAppendedBehindWhatItRefused) {
  options_.max_group_bytes = 1;
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  std::vector<absl::Status> results;
  const auto append = [&](uint64_t seed) {
    EXPECT_TRUE(log->Append(Batch(seed), 0,
                            [&](const auto& stored) {
                              results.push_back(stored.status());
                            })
                    .ok());
  };
  for (uint64_t seed = 2; seed <= 4; ++seed) append(seed);
  files_.FailCall(1, absl::UnavailableError("EIO"));
  log->Step();
  ASSERT_EQ(results.size(), 3u);
  for (const absl::Status& result : results) {
    EXPECT_TRUE(absl::IsUnavailable(result)) << result;
  }
  EXPECT_EQ(log->Stats().queued_bytes, 0u);
  append(5);
  log->Step();
  EXPECT_TRUE(results.back().ok());
  EXPECT_EQ(ReadAll(*log).size(), 2u);
}

TEST_F(EmbeddedLogTest, SaysThatItsDiskRefusesUntilItTriesItself) {
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  ASSERT_TRUE(log->SyncCursors().ok());
  EXPECT_EQ(log->Refuses(), "");
  files_.FailCall(1, absl::UnavailableError("EIO"));
  EXPECT_FALSE(Append(*log, Batch(2)).ok());
  EXPECT_EQ(log->Refuses(), "EIO");
  log->Step();
  EXPECT_EQ(log->Refuses(), "EIO") << "too early";
  clock_.Advance(options_.probe_interval);
  files_.FailCall(1, absl::UnavailableError("EIO again"));
  log->Step();
  EXPECT_EQ(log->Refuses(), "EIO again");
  clock_.Advance(options_.probe_interval);
  log->Step();
  EXPECT_EQ(log->Refuses(), "");
  EXPECT_TRUE(Append(*log, Batch(3)).ok());
  EXPECT_EQ(ReadAll(*log).size(), 2u);
}

TEST_F(EmbeddedLogTest, SaysThatItsDiskIsFullUntilWhatItHasIsFinal) {
  auto log = Open();
  const auto stored = Append(*log, Batch(1, 3000));
  ASSERT_TRUE(stored.ok());
  files_.SetCapacity(files_.used_bytes());
  while (Append(*log, Batch(2, 3000)).ok()) {
  }
  EXPECT_NE(log->Refuses(), "");
  clock_.Advance(options_.probe_interval);
  log->Step();
  EXPECT_NE(log->Refuses(), "");
  ASSERT_TRUE(log->SetCursor(0, log->Stats().next_offset).ok());
  clock_.Advance(options_.probe_interval);
  log->Step();
  EXPECT_EQ(log->Refuses(), "");
}

TEST_F(EmbeddedLogTest, RefusesAppendsOnAFullDiskAndResumes) {
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  files_.SetCapacity(files_.used_bytes());
  absl::Status refusal;
  while (refusal.ok()) refusal = Append(*log, Batch(2, 1000)).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refusal)) << refusal;
  EXPECT_TRUE(GetRetryDelay(refusal).has_value());
  const size_t stored = ReadAll(*log).size();
  EXPECT_FALSE(Append(*log, Batch(2)).ok());
  int called = 0;
  log->WhenRoom([&] { ++called; });
  log->Step();
  EXPECT_EQ(called, 0);
  // The cursor can be written all the same.
  EXPECT_TRUE(log->SetCursor(0, 1).ok());
  EXPECT_TRUE(log->SyncCursors().ok());

  files_.SetCapacity(~uint64_t{0});
  clock_.Advance(options_.full_retry_delay);
  log->Step();
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(Append(*log, Batch(3)).ok());
  EXPECT_EQ(ReadAll(*log).size(), stored + 1);
}

TEST_F(EmbeddedLogTest, RefusesWhatIsMoreThanItsBound) {
  options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
  auto log = Open();
  absl::Status refusal;
  while (refusal.ok()) refusal = Append(*log, Batch(1, 1000)).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refusal));
  EXPECT_EQ(GetErrorReason(refusal)->reason, "LOG_FULL");
  EXPECT_LE(log->Stats().bytes, options_.max_bytes);
  const auto entries = ReadAll(*log);
  int called = 0;
  log->WhenRoom([&] { ++called; });
  log->Step();
  EXPECT_EQ(called, 0);
  ASSERT_TRUE(log->SetCursor(0, entries.back().end_offset()).ok());
  log->Step();
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(Append(*log, Batch(1, 1000)).ok());
}

TEST_F(EmbeddedLogTest, DropsTheOldestWhenToldSo) {
  options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
  options_.full_policy = FullPolicy::kDropOldest;
  options_.recent_bytes = 0;
  auto log = Open();
  uint64_t events = 0;
  for (int i = 0; i < 100; ++i) {
    const auto stored = Append(*log, Batch(i, 1000));
    ASSERT_TRUE(stored.ok()) << stored.status();
    events += (*stored)->size();
  }
  EXPECT_LE(log->Stats().bytes, options_.max_bytes);
  EXPECT_GT(log->Stats().dropped_events, 0u);
  uint64_t kept = 0;
  for (const LogEntry& entry : ReadAll(*log)) kept += entry.batch->size();
  EXPECT_EQ(kept + log->Stats().dropped_events, events);
  EXPECT_EQ(log->Stats().cursor_offset, log->Stats().first_offset);
}

TEST_F(EmbeddedLogTest, KeepsItsBoundHoweverMuchComesAtOnce) {
  options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
  options_.full_policy = FullPolicy::kDropOldest;
  auto log = Open();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(log->Append(Batch(i, 1000), 0, [](const auto&) {}).ok());
  }
  while (log->Step()) {
    EXPECT_LE(log->Stats().bytes, options_.max_bytes);
  }
}

TEST_F(EmbeddedLogTest, TellsAReaderWhatWasDroppedBeforeItCame) {
  options_.max_bytes = EmbeddedLogOptions::kMinMaxBytes;
  options_.full_policy = FullPolicy::kDropOldest;
  auto log = Open();
  uint64_t events = (*Append(*log, Batch(0)))->size();
  auto reader = *log->Read(0, 0);
  uint64_t given = (**reader->Next()).batch->size();
  for (int i = 1; i < 100; ++i)
    events += (*Append(*log, Batch(i, 1000)))->size();
  const UnreadEvents before = *reader->unread();
  EXPECT_GT(before.dropped, 0u);
  EXPECT_EQ(given + before.dropped + before.waiting, events);
  EXPECT_EQ(before.dropped + given, log->Stats().dropped_events);
  while (const auto entry = *reader->Next()) given += entry->batch->size();
  EXPECT_EQ(given + before.dropped, events) << "read what was dropped";
  EXPECT_EQ(reader->unread()->dropped, before.dropped);
  EXPECT_EQ(reader->unread()->waiting, 0u);
  EXPECT_EQ(reader->unread()->damaged, 0u);
}

TEST_F(EmbeddedLogTest, DropsTheOldestForRoomOnAFullDisk) {
  options_.full_policy = FullPolicy::kDropOldest;
  options_.segment_bytes = 1;  // A segment a batch.
  auto log = Open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(*log, Batch(7)).ok());
  files_.SetCapacity(files_.used_bytes());
  for (int i = 0; i < 20; ++i) {
    const auto stored = Append(*log, Batch(7));
    ASSERT_TRUE(stored.ok()) << stored.status();
  }
  EXPECT_EQ(log->Stats().cursor_offset, log->Stats().first_offset);
  EXPECT_EQ(log->Stats().dropped_events,
            static_cast<uint64_t>(log->Stats().first_offset));
  EXPECT_GE(ReadAll(*log).size(), 3u) << "more than the room needs";
}

TEST_F(EmbeddedLogTest, HealsAFullDiskOnceAllIsFinal) {
  options_.recent_bytes = 0;
  auto log = Open();
  files_.SetCapacity(files_.used_bytes() + 3 * ReserveFile::kBytes);
  absl::Status refusal;
  while (refusal.ok()) refusal = Append(*log, Batch(2, 1000)).status();
  EXPECT_EQ(log->Stats().segments, 1u);
  const auto entries = ReadAll(*log);
  ASSERT_TRUE(log->SetCursor(0, entries.back().end_offset()).ok());
  clock_.Advance(options_.full_retry_delay);
  const auto stored = Append(*log, Batch(2, 1000));
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ((*stored)->identity().first_offset, entries.back().end_offset());
  EXPECT_EQ(ReadAll(*log, entries.back().end_offset()).size(), 1u);
}

TEST_F(EmbeddedLogTest, OpensOnAFullDiskAndRefusesUntilThereIsRoom) {
  size_t stored = 0;
  {
    auto log = Open();
    files_.SetCapacity(files_.used_bytes() + 3 * ReserveFile::kBytes);
    while (Append(*log, Batch(2, 1000)).ok()) ++stored;
  }
  // Others take what the log has given up.
  files_.SetCapacity(files_.used_bytes());
  auto log = Open();
  ASSERT_NE(log, nullptr);
  const auto entries = ReadAll(*log);
  EXPECT_EQ(entries.size(), stored);
  const absl::Status refusal = Append(*log, Batch(2, 1000)).status();
  EXPECT_TRUE(absl::IsResourceExhausted(refusal)) << refusal;
  EXPECT_EQ(GetErrorReason(refusal)->reason, "LOG_FULL");
  EXPECT_TRUE(GetRetryDelay(refusal).has_value());
  ASSERT_TRUE(log->SetCursor(0, entries.back().end_offset()).ok());
  clock_.Advance(options_.full_retry_delay);
  EXPECT_TRUE(Append(*log, Batch(2)).ok());
}

TEST_F(EmbeddedLogTest, WritesTheCursorBeforeItDeletes) {
  options_.segment_bytes = 1;  // A segment a batch.
  auto log = Open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(*log, Batch(i)).ok());
  const auto entries = ReadAll(*log);
  ASSERT_TRUE(log->SetCursor(0, entries[3].first_offset).ok());
  log->Step();
  EXPECT_EQ(log->Stats().segments, 5u);  // Not due yet.
  clock_.Advance(options_.cursor_interval);
  log->Step();
  EXPECT_EQ(log->Stats().segments, 2u);
  files_.Crash();
  log = nullptr;
  log = Open();
  EXPECT_EQ(*log->cursor(0), entries[3].first_offset);
  EXPECT_EQ(ReadAll(*log).size(), 2u);
}

TEST_F(EmbeddedLogTest, KeepsThePastForReplay) {
  options_.segment_bytes = 1;
  options_.retain_bytes = 1 << 20;
  options_.recent_bytes = 0;
  auto log = Open();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Append(*log, Batch(i)).ok());
    clock_.Advance(absl::Seconds(1));
  }
  ASSERT_TRUE(log->SetCursor(0, log->Stats().next_offset).ok());
  ASSERT_TRUE(log->SyncCursors().ok());
  log->Step();
  EXPECT_EQ(ReadAll(*log).size(), 5u);
  auto reader = log->ReadFrom(0, clock_.Now() - absl::Seconds(2));
  const auto entry = (*reader)->Next();
  ASSERT_TRUE(entry.ok() && *entry);
  EXPECT_EQ(DescribeEvents(*(*entry)->batch), DescribeEvents(*Batch(3)));
}

TEST_F(EmbeddedLogTest, PutsACorruptRecordAsideAndReadsOn) {
  options_.recent_bytes = 0;
  auto log = Open();
  std::vector<int64_t> positions;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Append(*log, Batch(i)).ok());
    positions.push_back(files_.Content(SegmentPath(0)).size());
  }
  files_.FlipBit(SegmentPath(0), (positions[0] + 100) * 8);
  const auto entries = ReadAll(*log);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(DescribeEvents(*entries[1].batch), DescribeEvents(*Batch(2)));
  EXPECT_EQ(log->Stats().corrupt_records, 1u);
  EXPECT_EQ(log->Stats().corrupt_events, Batch(1)->size());
  std::unique_ptr<LogReader> reader = *log->Read(0, 0);
  while (*reader->Next()) {
  }
  EXPECT_EQ(reader->unread()->damaged, Batch(1)->size());
  EXPECT_EQ(reader->unread()->dropped, 0u);
  EXPECT_EQ(reader->unread()->waiting, 0u);
  // Once, however often it is read, also by another process.
  ReadAll(*log);
  reader = nullptr;
  log = nullptr;
  log = Open();
  EXPECT_EQ(ReadAll(*log).size(), 2u);
  EXPECT_EQ(log->Stats().corrupt_records, 1u);
}

TEST_F(EmbeddedLogTest, TellsAReaderThatWaitsOfMore) {
  auto log = Open();
  auto reader = log->Read(0, 0);
  int called = 0;
  (*reader)->WhenMore([&] { ++called; });
  log->Step();
  EXPECT_EQ(called, 0);
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  EXPECT_EQ(called, 1);
  (*reader)->WhenMore([&] { ++called; });
  log->Step();
  EXPECT_EQ(called, 2);  // There is one now.
  EXPECT_TRUE((*reader)->Next()->has_value());
  (*reader)->WhenMore([&] { ++called; });
  reader->reset();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  EXPECT_EQ(called, 2);
}

TEST_F(EmbeddedLogTest, RefusesMoreThanMayWaitForTheDisk) {
  options_.max_queued_bytes = 10'000;
  auto log = Open();
  int acked = 0;
  absl::Status refusal;
  while (refusal.ok()) {
    refusal = log->Append(Batch(1), 0,
                          [&](absl::StatusOr<EventBatchPtr>) { ++acked; });
  }
  EXPECT_EQ(GetErrorReason(refusal)->reason, "QUEUE_FULL");
  EXPECT_EQ(acked, 0);
  log->Step();
  EXPECT_GT(acked, 0);
  EXPECT_TRUE(Append(*log, Batch(1)).ok());
}

TEST_F(EmbeddedLogTest, StoresWhatWaitsWhenItIsClosed) {
  auto log = Open();
  int acked = 0;
  ASSERT_TRUE(
      log->Append(Batch(1), 0,
                  [&](absl::StatusOr<EventBatchPtr> b) { acked += b.ok(); })
          .ok());
  EXPECT_TRUE(log->Close().ok());
  EXPECT_EQ(acked, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(Append(*log, Batch(2)).status()));
}

TEST_F(EmbeddedLogTest, NeverGivesAnOffsetAgainThatPowerTook) {
  options_.durability = Durability::kOs;
  auto log = Open();
  const auto lost = Append(*log, Batch(1));
  ASSERT_TRUE(lost.ok());
  files_.Crash();
  log = nullptr;
  log = Open();
  EXPECT_TRUE(ReadAll(*log).empty());
  const auto next = Append(*log, Batch(2));
  ASSERT_TRUE(next.ok());
  EXPECT_GE((*next)->identity().first_offset, (*lost)->size());
}

// Offsets that were set aside for the earlier life are no entries to wait for.
TEST_F(EmbeddedLogTest, TellsAReaderOfNothingAfterACrash) {
  options_.durability = Durability::kOs;
  auto log = Open();
  ASSERT_TRUE(Append(*log, Batch(1)).ok());
  files_.Crash();
  log = nullptr;
  log = Open();
  auto reader = log->Read(0, 0);
  EXPECT_FALSE((*reader)->Next()->has_value());
  int called = 0;
  (*reader)->WhenMore([&] { ++called; });
  log->Step();
  EXPECT_EQ(called, 0);
  ASSERT_TRUE(Append(*log, Batch(2)).ok());
  EXPECT_EQ(called, 1);
  EXPECT_TRUE((*reader)->Next()->has_value());
}

TEST_F(EmbeddedLogTest, KeepsTheIdentityOfAnEarlierLogWhenToldSo) {
  options_.keep_identity = true;
  options_.recent_bytes = 0;
  EventBatch::Columns columns = Batch(1)->columns();
  columns.identity = {"elsewhere", 3, 500};
  auto log = Open();
  const auto stored =
      Append(*log, std::make_shared<const EventBatch>(std::move(columns)));
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ((*stored)->identity().log, "elsewhere");
  const auto entries = ReadAll(*log);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].first_offset, 0);
  EXPECT_EQ(entries[0].batch->identity().first_offset, 500);
}

TEST_F(EmbeddedLogTest, ReadsWhatWasCompressed) {
  options_.recent_bytes = 0;
  for (const Compression compression :
       {Compression::kLz4, Compression::kZstd}) {
    options_.folder += "x";
    options_.compression = compression;
    auto log = Open();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(Append(*log, Batch(i, 500)).ok());
    }
    const auto entries = ReadAll(*log);
    ASSERT_EQ(entries.size(), 10u);
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(DescribeEvents(*entries[i].batch),
                DescribeEvents(*Batch(i, 500)));
      EXPECT_EQ(entries[i].batch->identity().first_offset,
                entries[i].first_offset);
    }
  }
}

TEST_F(EmbeddedLogTest, RefusesAFolderThatIsInUse) {
  auto log = Open();
  const absl::Status error = OpenError();
  EXPECT_TRUE(absl::IsFailedPrecondition(error));
  EXPECT_THAT(std::string(error.message()), HasSubstr("locked by process 1"));
}

TEST_F(EmbeddedLogTest, RefusesTheFolderOfAnotherPipeline) {
  Open();
  options_.pipeline = "orders";
  const absl::Status error = OpenError();
  EXPECT_TRUE(absl::IsFailedPrecondition(error));
  EXPECT_THAT(std::string(error.message()),
              HasSubstr("is the log of pipeline 'telemetry', not of 'orders'"));
}

TEST_F(EmbeddedLogTest, RefusesTheFolderOfANewerVersion) {
  Open();
  files_.SetContent("/data/log/META", "phoenix-log 9\nwhatever\n");
  const absl::Status error = OpenError();
  EXPECT_TRUE(absl::IsFailedPrecondition(error));
  EXPECT_THAT(std::string(error.message()),
              HasSubstr("format 9 is newer than 1"));
}

TEST_F(EmbeddedLogTest, NamesTheEventsOfAMissingSegment) {
  options_.segment_bytes = 1;
  std::vector<LogEntry> entries;
  {
    auto log = Open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(Append(*log, Batch(i)).ok());
    entries = ReadAll(*log);
  }
  ASSERT_TRUE(files_.Remove(SegmentPath(1)).ok());
  const absl::Status error = OpenError();
  EXPECT_TRUE(absl::IsDataLoss(error)) << error;
  EXPECT_THAT(std::string(error.message()),
              HasSubstr(absl::StrCat(
                  "segments with events ", entries[1].first_offset, " to ",
                  entries[1].end_offset() - 1, " are missing")));
  EXPECT_EQ(files_.Content(SegmentPath(0)).empty(), false);
}

TEST_F(EmbeddedLogTest, ReadsAllAgainWhenTheCursorIsLost) {
  {
    auto log = Open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(Append(*log, Batch(i)).ok());
    ASSERT_TRUE(log->SetCursor(0, log->Stats().next_offset).ok());
  }
  files_.SetContent("/data/log/cursor", "rubbish");
  auto log = Open();
  EXPECT_EQ(*log->cursor(0), log->Stats().first_offset);
}

TEST_F(EmbeddedLogTest, RefusesImpossibleOptions) {
  options_.max_bytes = 5;
  EXPECT_TRUE(absl::IsInvalidArgument(OpenError()));
  options_.max_bytes = 64 << 20;
  options_.durability = Durability::kReplicated;
  EXPECT_TRUE(absl::IsInvalidArgument(OpenError()));
  options_.durability = Durability::kDisk;
  options_.pipeline = "a\nb";
  EXPECT_TRUE(absl::IsInvalidArgument(OpenError()));
}

TEST_F(EmbeddedLogTest, RefusesPartitionsAndCursorsThatAreNotThere) {
  auto log = Open();
  EXPECT_TRUE(absl::IsOutOfRange(log->Read(1, 0).status()));
  EXPECT_TRUE(absl::IsOutOfRange(log->SetCursor(1, 0)));
  EXPECT_TRUE(absl::IsOutOfRange(log->SetCursor(0, 1)));
  EXPECT_EQ(log->partition_count(), 1);
}

}  // namespace
}  // namespace phoenix
