#include "libs/log/embedded/catalog.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/log/embedded/append_queue.h"
#include "libs/log/embedded/testing/test_log.h"

namespace phoenix {
namespace {

Segment MakeSegment(int64_t base, int64_t end, int64_t time = 0) {
  Segment segment;
  segment.base_offset = base;
  segment.end_offset = end;
  segment.last_append_time_nanos = time;
  segment.record_count = end > base;
  segment.file_bytes = 100;
  return segment;
}

LogEntry MakeEntry(int64_t first_offset) {
  return {TestBatch(static_cast<uint64_t>(first_offset)), first_offset, 0,
          absl::UnixEpoch()};
}

TEST(CatalogTest, FindsTheSegmentOfAnOffset) {
  const Catalog catalog({MakeSegment(0, 10), MakeSegment(12, 20)}, 20, 0);
  EXPECT_EQ(catalog.Find(0).segment->base_offset, 0);
  EXPECT_EQ(catalog.Find(9).segment->base_offset, 0);
  EXPECT_EQ(catalog.Find(10).segment->base_offset, 12);
  EXPECT_FALSE(catalog.Find(20).segment.has_value());
  EXPECT_EQ(catalog.end_offset(), 20);
}

TEST(CatalogTest, CountsBytesFromAnOffset) {
  const Catalog catalog({MakeSegment(0, 10), MakeSegment(10, 20)}, 20, 0);
  EXPECT_EQ(catalog.bytes(), 200u);
  EXPECT_EQ(catalog.BytesFrom(9), 200u);
  EXPECT_EQ(catalog.BytesFrom(10), 100u);
  EXPECT_EQ(catalog.BytesFrom(20), 0u);
}

TEST(CatalogTest, FindsByTime) {
  const Catalog catalog({MakeSegment(0, 10, 5), MakeSegment(10, 20, 9)}, 20, 0);
  EXPECT_EQ(catalog.FindByTime(absl::FromUnixNanos(5))->base_offset, 0);
  EXPECT_EQ(catalog.FindByTime(absl::FromUnixNanos(6))->base_offset, 10);
  EXPECT_FALSE(catalog.FindByTime(absl::FromUnixNanos(10)).has_value());
}

TEST(CatalogTest, GivesTheLastEntriesFromMemory) {
  Catalog catalog({}, 0, 1 << 20);
  catalog.AddSegment(MakeSegment(0, 0));
  const LogEntry entry = MakeEntry(0);
  catalog.AddEntries(MakeSegment(0, entry.end_offset()), {{0, 64, 0}}, {entry});
  ASSERT_TRUE(catalog.Find(0).entry.has_value());
  EXPECT_EQ(catalog.Find(0).entry->batch, entry.batch);
  EXPECT_FALSE(catalog.Find(entry.end_offset()).entry.has_value());
  EXPECT_EQ(catalog.IndexOf(0).size(), 1u);
  EXPECT_TRUE(catalog.IsOpen(0));
  catalog.SealLast(500);
  EXPECT_FALSE(catalog.IsOpen(0));
  EXPECT_EQ(catalog.bytes(), 500u);
}

TEST(CatalogTest, CountsEventsWithoutTheGapsOfOffsets) {
  Catalog catalog({MakeSegment(5, 10), MakeSegment(100, 120)}, 130, 0);
  EXPECT_EQ(catalog.SequenceOf(0), 0u);
  EXPECT_EQ(catalog.SequenceOf(7), 2u);
  EXPECT_EQ(catalog.SequenceOf(50), 5u);
  EXPECT_EQ(catalog.SequenceOf(110), 15u);
  EXPECT_EQ(catalog.range().end, 25u);
  catalog.AddSegment(MakeSegment(130, 130));
  catalog.AddEntries(MakeSegment(130, 133), {}, {});
  EXPECT_EQ(catalog.SequenceOf(131), 26u);
  EXPECT_EQ(catalog.range().end, 28u);
  catalog.RemoveFirst();
  EXPECT_EQ(catalog.range().first, 5u);
  EXPECT_EQ(catalog.SequenceOf(7), 5u);
}

TEST(CatalogTest, BeginsWhereTheFirstSegmentDoes) {
  Catalog catalog({MakeSegment(5, 10), MakeSegment(10, 20)}, 20, 0);
  EXPECT_EQ(catalog.first_offset(), 5);
  catalog.RemoveFirst();
  EXPECT_EQ(catalog.first_offset(), 10);
  EXPECT_FALSE(catalog.FindSegment(5).has_value());
  catalog.RemoveFirst();
  EXPECT_EQ(catalog.first_offset(), 20);
}

class NotingWatcher : public SegmentWatcher {
 public:
  void OnRemoved(int64_t base_offset) override { gone.push_back(base_offset); }
  std::vector<int64_t> gone;
};

TEST(CatalogTest, TellsWatchersWhatIsGone) {
  Catalog catalog(
      {MakeSegment(0, 10), MakeSegment(10, 20), MakeSegment(20, 30)}, 30, 0);
  NotingWatcher watcher;
  catalog.AddWatcher(watcher);
  catalog.RemoveFirst();
  catalog.RemoveWatcher(watcher);
  catalog.RemoveFirst();
  EXPECT_EQ(watcher.gone, std::vector<int64_t>{0});
}

TEST(CatalogTest, KnowsWhatStays) {
  Catalog catalog({MakeSegment(0, 10), MakeSegment(10, 20)}, 20, 0);
  EXPECT_TRUE(catalog.Stays(0));
  catalog.MarkFirst(/*goes=*/true);
  EXPECT_FALSE(catalog.Stays(0));
  EXPECT_TRUE(catalog.Stays(10));
  catalog.RemoveFirst();
  EXPECT_FALSE(catalog.Stays(0));
  EXPECT_TRUE(catalog.Stays(10)) << "the mark was the first one's";
  catalog.MarkFirst(/*goes=*/true);
  catalog.MarkFirst(/*goes=*/false);
  EXPECT_TRUE(catalog.Stays(10));
}

TEST(RecentEntriesTest, ForgetsTheOldestBeyondItsBound) {
  const LogEntry first = MakeEntry(0);
  const LogEntry second = MakeEntry(first.end_offset());
  RecentEntries recent(second.batch->memory_bytes(), 0);
  recent.Add(first);
  recent.Add(second);
  EXPECT_FALSE(recent.Covers(first.end_offset() - 1));
  EXPECT_TRUE(recent.Covers(first.end_offset()));
  EXPECT_EQ(recent.Find(first.end_offset())->batch, second.batch);
  EXPECT_FALSE(recent.Find(second.end_offset()).has_value());
}

PendingAppend MakeAppend(uint32_t bytes) {
  PendingAppend append;
  append.body.header.body_bytes = bytes - RecordHeader::kBytes;
  return append;
}

TEST(AppendQueueTest, TakesOneBatchWhateverItsSize) {
  AppendQueue queue(100);
  EXPECT_TRUE(queue.HasRoomFor(1000));
  queue.Push(MakeAppend(1000));
  EXPECT_FALSE(queue.HasRoomFor(8));
  EXPECT_EQ(queue.TakeGroup(1).size(), 1u);
  EXPECT_FALSE(queue.HasRoomFor(8));  // It is on its way.
  queue.Finished(1000);
  EXPECT_TRUE(queue.HasRoomFor(8));
}

TEST(AppendQueueTest, TakesGroupsUpToTheirBound) {
  AppendQueue queue(10'000);
  for (int i = 0; i < 5; ++i) queue.Push(MakeAppend(80));
  EXPECT_EQ(queue.TakeGroup(160).size(), 2u);
  EXPECT_EQ(queue.TakeGroup(239).size(), 2u);
  EXPECT_EQ(queue.TakeGroup(1000).size(), 1u);
  EXPECT_TRUE(queue.TakeGroup(1000).empty());
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 400u);
}

TEST(SparseIndexTest, NotesOneRecordAStride) {
  SparseIndex index;
  for (int64_t i = 0; i < 10; ++i) {
    index.Add({i, 64 + i * (SparseIndex::kStrideBytes / 2), i * 10});
  }
  EXPECT_EQ(index.entries().size(), 5u);
  EXPECT_EQ(SeekOffset(index.entries(), 5, 0).first_offset, 4);
  EXPECT_EQ(SeekTime(index.entries(), 45, 0).first_offset, 4);
  EXPECT_EQ(SeekTime(index.entries(), 40, 0).first_offset, 2);
  EXPECT_EQ(SeekOffset({}, 5, 3), (IndexEntry{3, SegmentHeader::kBytes, 0}));
}

}  // namespace
}  // namespace phoenix
