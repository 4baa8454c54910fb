#include "libs/event/batch_part.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/random.h"
#include "libs/event/batch_codec.h"
#include "libs/event/batch_testing.h"

namespace phoenix {
namespace {

std::vector<std::string> Rows(const EventBatch& batch, uint32_t begin,
                              uint32_t end) {
  const std::vector<std::string> all = DescribeEvents(batch);
  return {all.begin() + begin, all.begin() + end};
}

TEST(BatchPartTest, HoldsItsRowsAndNoOthers) {
  constexpr int kBatches = 500;
  Random random(1);
  for (int i = 0; i < kBatches; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 20);
    const auto begin = static_cast<uint32_t>(random.Below(batch->size()));
    const auto end =
        static_cast<uint32_t>(begin + 1 + random.Below(batch->size() - begin));
    const EventBatchPtr part = BatchPart(*batch, begin, end);
    ASSERT_EQ(DescribeEvents(*part), Rows(*batch, begin, end)) << i;
  }
}

TEST(BatchPartTest, CanBeEncodedAndRead) {
  constexpr int kBatches = 200;
  Random random(2);
  for (int i = 0; i < kBatches; ++i) {
    const EventBatchPtr batch = RandomBatch(random, 20);
    const uint32_t half = (batch->size() + 1) / 2;
    const auto read =
        DecodeEventBatch(EncodeEventBatch(*BatchPart(*batch, 0, half)));
    ASSERT_TRUE(read.ok()) << read.status();
    ASSERT_EQ(DescribeEvents(**read), Rows(*batch, 0, half));
  }
}

TEST(BatchPartTest, LeavesTheBytesOfOtherRowsBehind) {
  const SharedBytes blob =
      SharedBytes::FromString("a" + std::string(10'000, 'x') + "c");
  EventBatch::Columns columns;
  columns.event_count = 3;
  columns.payload.blob = blob;
  columns.payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{0, 1}, {1, 10'001}, {10'001, 10'002}});
  columns.identity = {.log = "log", .partition = 1, .first_offset = 7};
  const EventBatch batch(std::move(columns));
  const EventBatchPtr last = BatchPart(batch, 2, 3);
  EXPECT_EQ(last->payload(0), "c");
  EXPECT_LT(EncodeEventBatch(*last).size(), 100u);
  EXPECT_EQ(last->identity().first_offset, -1);
  EXPECT_EQ(BatchPart(batch, 1, 2)->payload(0).size(), 10'000u);
}

}  // namespace
}  // namespace phoenix
