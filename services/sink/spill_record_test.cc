#include "services/sink/spill_record.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/engine/testing/json_batch.h"
#include "libs/event/batch_codec.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

EventBatchPtr Identified(EventBatch::Columns columns) {
  columns.identity = {.log = "main@1", .partition = 2, .first_offset = 40};
  return std::make_shared<const EventBatch>(std::move(columns));
}

EventBatchPtr Batch(const std::vector<std::string>& payloads) {
  return Identified(JsonBatch(payloads)->columns());
}

// As a log gives it back: by its bytes.
SpilledView Read(const SpillRecord& record) {
  LogEntry entry;
  entry.batch = *DecodeEventBatch(EncodeEventBatch(*record.batch));
  entry.lane = record.lane;
  return FromSpillRecord(entry);
}

TEST(SpillRecordTest, IsTheBatchItselfWhenEveryRowIsSelected) {
  const BatchView view = WholeView(Batch({"1", "2"}));
  const SpillRecord record = ToSpillRecord(view, 7);
  EXPECT_EQ(record.batch, view.batch);
  const SpilledView read = Read(record);
  EXPECT_EQ(read.sequence, 7u);
  EXPECT_THAT(read.view.rows, ElementsAre(0, 1));
}

TEST(SpillRecordTest, KeepsWhichRowsAreSelectedAndTheirIdentity) {
  const BatchView view{Batch({"1", "2", "3", "4"}), {1, 3}};
  const SpilledView read = Read(ToSpillRecord(view, kMaxSpillSequence - 1));
  EXPECT_EQ(read.sequence, kMaxSpillSequence - 1);
  EXPECT_THAT(read.view.rows, ElementsAre(1, 3));
  EXPECT_EQ(read.view.batch->payload(1), "2");
  EXPECT_EQ(read.view.batch->payload(3), "4");
  EXPECT_EQ(read.view.batch->identity().log, "main@1");
  EXPECT_EQ(read.view.batch->identity().partition, 2);
  EXPECT_EQ(read.view.batch->identity().first_offset, 40);
  EXPECT_TRUE(read.view.batch->extensions().empty());
}

TEST(SpillRecordTest, LeavesOutThePayloadsOfManyRowsThatAreNotSelected) {
  std::vector<std::string> payloads(100, std::string(1000, '1'));
  payloads[42] = "42";
  const BatchView view{Batch(payloads), {42}};
  const SpillRecord record = ToSpillRecord(view, 0);
  EXPECT_LT(record.batch->memory_bytes(), view.batch->memory_bytes() / 10);
  const SpilledView read = Read(record);
  EXPECT_THAT(read.view.rows, ElementsAre(42));
  EXPECT_EQ(read.view.batch->payload(42), "42");
  EXPECT_EQ(read.view.batch->identity().first_offset, 40);
}

TEST(SpillRecordTest, IsNotFooledByAnAttributeOfTheNameOfTheMark) {
  EventBatch::Columns columns = JsonBatch({"1", "2", "3"})->columns();
  const auto add = [&columns](const char* name, const char* value) {
    columns.extensions.push_back(
        {.name = name, .values = StringColumn::Constant(value)});
  };
  add("aname", "a");
  add("phoenixspillselected", "true");
  add("zname", "z");
  const EventBatchPtr batch = Identified(std::move(columns));
  EXPECT_THAT(Read(ToSpillRecord(WholeView(batch), 0)).view.rows,
              ElementsAre(0, 1, 2));
  const SpilledView part = Read(ToSpillRecord({batch, {2}}, 0));
  EXPECT_THAT(part.view.rows, ElementsAre(2));
  ASSERT_NE(part.view.batch->FindExtension("aname"), nullptr);
  EXPECT_EQ(part.view.batch->FindExtension("zname")->values.ToString(2), "z");
}

}  // namespace
}  // namespace phoenix
