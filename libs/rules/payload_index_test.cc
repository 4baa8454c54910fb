#include "libs/rules/payload_index.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace phoenix {
namespace {

EventBatchPtr Batch(const std::vector<std::string>& payloads,
                    std::shared_ptr<const JsonIndex> index = nullptr) {
  std::string blob;
  std::vector<ByteRange> ranges;
  for (const std::string& payload : payloads) {
    const auto begin = static_cast<uint32_t>(blob.size());
    blob += payload;
    ranges.push_back({begin, static_cast<uint32_t>(blob.size())});
    blob += '\n';
  }
  EventBatch::Columns columns;
  columns.event_count = static_cast<uint32_t>(payloads.size());
  columns.payload.blob = SharedBytes::FromString(std::move(blob));
  columns.payload.ranges =
      std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
  columns.payload.json_index = std::move(index);
  return std::make_shared<const EventBatch>(std::move(columns));
}

TEST(PayloadIndexerTest, TakesTheIndexThatTheBatchBrings) {
  const auto index = std::make_shared<const JsonIndex>();
  PayloadIndexer indexer;
  EXPECT_EQ(&indexer.Index(*Batch({"[]"}, index)), index.get());
}

TEST(PayloadIndexerTest, IndexesABatchThatBringsNone) {
  PayloadIndexer indexer;
  const JsonIndex& index = indexer.Index(*Batch({"[]", "1", "{}"}));
  EXPECT_EQ(index.first, (std::vector<uint32_t>{0, 2, 3, 5}));
  EXPECT_EQ(index.tokens, (std::vector<uint32_t>{0, 1, 3, 5, 6}));
}

TEST(PayloadIndexerTest, LeavesEmptyAndInvalidRowsWithoutTokens) {
  PayloadIndexer indexer;
  const JsonIndex& index = indexer.Index(*Batch({"", "[]", "", "{", "7", ""}));
  EXPECT_EQ(index.first, (std::vector<uint32_t>{0, 0, 2, 2, 2, 3, 3}));
}

TEST(PayloadIndexerTest, TakesABatchOfEmptyRows) {
  PayloadIndexer indexer;
  const JsonIndex& index = indexer.Index(*Batch({"", ""}));
  EXPECT_EQ(index.first, (std::vector<uint32_t>{0, 0, 0}));
}

}  // namespace
}  // namespace phoenix
