#include "libs/event/wire_column.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "libs/base/shared_bytes.h"
#include "phoenix/event/v1/event_batch.pb.h"

namespace phoenix::wire {
namespace {

using ::phoenix::event::v1::EventBatch;

// What the generated class reads when the column is written as field `id`.
EventBatch Written(const Column& column, uint32_t id) {
  std::string bytes(BytesFieldSize(column.size()), '\0');
  FieldWriter writer(bytes.data());
  column.Write(id, writer);
  EXPECT_EQ(writer.at(), bytes.data() + bytes.size()) << "measured wrongly";
  EventBatch batch;
  EXPECT_TRUE(batch.ParseFromString(bytes));
  return batch;
}

std::vector<uint32_t> RangesOf(const event::v1::StringColumn& column) {
  return {column.ranges().begin(), column.ranges().end()};
}

TEST(WireColumnTest, IsEmptyWhenNull) {
  const StringColumn values;
  const Column column(values, nullptr);
  EXPECT_TRUE(column.empty());
  EXPECT_EQ(column.size(), 0u);
}

TEST(WireColumnTest, WritesAConstantAsOnePair) {
  const StringColumn values = StringColumn::Constant("value");
  const Column column(values, nullptr);
  const EventBatch batch = Written(column, 3);
  EXPECT_EQ(batch.id().blob(), "value");
  EXPECT_EQ(RangesOf(batch.id()), (std::vector<uint32_t>{0, 5}));
}

TEST(WireColumnTest, WritesTheEmptyConstantToo) {
  const StringColumn values = StringColumn::Constant("");
  const Column column(values, nullptr);
  EXPECT_FALSE(column.empty());
  EXPECT_EQ(RangesOf(Written(column, 3).id()), (std::vector<uint32_t>{0, 0}));
}

TEST(WireColumnTest, WritesASequence) {
  const StringColumn values = StringColumn::Sequence("", 1'000'000'000'000);
  const Column column(values, nullptr);
  const EventBatch batch = Written(column, 3);
  EXPECT_TRUE(batch.id().has_sequence_prefix());
  EXPECT_EQ(batch.id().sequence_first(), 1'000'000'000'000);
}

TEST(WireColumnTest, KeepsWhatRowsShareShared) {
  const StringColumn values = StringColumn::Ranges(
      SharedBytes::FromString(std::string(100, '.') + "ab"),
      {{100, 101}, {101, 102}, {100, 101}, StringColumn::kNullRange});
  const Column column(values, nullptr);
  const EventBatch batch = Written(column, 6);
  EXPECT_EQ(batch.subject().blob(), "ab");
  EXPECT_EQ(RangesOf(batch.subject()),
            (std::vector<uint32_t>{0, 1, 1, 2, 0, 1, ~0u, ~0u}));
}

TEST(WireColumnTest, LeavesADenseBlobAsItIs) {
  const StringColumn values =
      StringColumn::Ranges(SharedBytes::FromString("ab,cd"), {{0, 2}, {3, 5}});
  const EventBatch batch = Written(Column(values, nullptr), 6);
  EXPECT_EQ(batch.subject().blob(), "ab,cd");
  EXPECT_EQ(RangesOf(batch.subject()), (std::vector<uint32_t>{0, 2, 3, 5}));
}

TEST(WireColumnTest, MakesRowsThatAreNotSelectedNull) {
  const StringColumn values =
      StringColumn::Ranges(SharedBytes::FromString("ab,cd"), {{0, 2}, {3, 5}});
  const Selection rows = {1};
  const EventBatch batch = Written(Column(values, &rows), 6);
  EXPECT_EQ(batch.subject().blob(), "cd");
  EXPECT_EQ(RangesOf(batch.subject()), (std::vector<uint32_t>{~0u, ~0u, 0, 2}));
}

TEST(WireColumnTest, MakesPayloadsThatAreNotSelectedEmpty) {
  PayloadColumn payload;
  payload.blob = SharedBytes::FromString("ab,cd");
  payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{0, 2}, {3, 5}});
  payload.kinds = {{PayloadKind::kText, PayloadKind::kBinary}};
  const Selection rows = {0};
  const EventBatch batch = Written(Column(payload, &rows), 2);
  EXPECT_EQ(batch.payload().blob(), "ab");
  EXPECT_EQ(batch.payload().ranges(1), 2u);
  EXPECT_EQ(batch.payload().ranges(2), 0u);
  EXPECT_EQ(batch.payload().ranges(3), 0u);
  EXPECT_EQ(batch.payload().kinds(), "\x03\x02");
}

}  // namespace
}  // namespace phoenix::wire
