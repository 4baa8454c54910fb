#include "libs/event/event_batch.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "libs/event/selection.h"

namespace phoenix {
namespace {

EventBatch::Columns TwoEvents(SharedBytes blob) {
  EventBatch::Columns columns;
  columns.event_count = 2;
  columns.payload.blob = std::move(blob);
  columns.payload.ranges = std::make_shared<const std::vector<ByteRange>>(
      std::vector<ByteRange>{{0, 4}, {5, 9}});
  return columns;
}

TEST(AttributeTest, IsFoundByTheNameItHas) {
  for (size_t i = 0; i < kAttributeCount; ++i) {
    const auto attribute = static_cast<Attribute>(i);
    EXPECT_EQ(FindAttribute(AttributeName(attribute)), attribute);
  }
  EXPECT_EQ(FindAttribute("traceparent"), std::nullopt);
  EXPECT_EQ(FindAttribute(""), std::nullopt);
}

TEST(EventBatchTest, GivesPayloadsAsPartsOfItsBlob) {
  const EventBatch batch(TwoEvents(SharedBytes::FromString("aaaa bbbb")));
  EXPECT_EQ(batch.size(), 2u);
  EXPECT_EQ(batch.payload(0), "aaaa");
  EXPECT_EQ(batch.payload(1), "bbbb");
  EXPECT_EQ(batch.payload(1).data(), batch.payloads().blob.data() + 5);
  EXPECT_TRUE(batch.encoded().empty());
}

TEST(EventBatchTest, FindsExtensionsByName) {
  EventBatch::Columns columns = TwoEvents(SharedBytes::FromString("aaaa bbbb"));
  columns.extensions = {{"alpha", StringColumn::Constant("1"), {}},
                        {"gamma", StringColumn::Constant("3"), {}}};
  const EventBatch batch(std::move(columns));
  EXPECT_EQ(batch.FindExtension("gamma")->values.ToString(1), "3");
  EXPECT_EQ(batch.FindExtension("beta"), nullptr);
  EXPECT_EQ(batch.FindExtension("zeta"), nullptr);
}

TEST(EventBatchTest, CountsSharedBytesOnce) {
  const auto bytes = SharedBytes::FromString(std::string(10'000, 'x'));
  EventBatch::Columns columns = TwoEvents(bytes);
  const size_t before = EventBatch(columns).memory_bytes();
  columns.attributes[0] = StringColumn::Constant(bytes.Part(100, 9'000));
  EXPECT_EQ(EventBatch(columns).memory_bytes(), before);
  EXPECT_EQ(EventBatch(columns, bytes).memory_bytes(), before);
}

TEST(EventBatchTest, CountsWhatIsNotShared) {
  EventBatch::Columns columns =
      TwoEvents(SharedBytes::FromString(std::string(10'000, 'x')));
  const size_t before = EventBatch(columns).memory_bytes();
  EXPECT_GE(before, 10'000u);
  columns.attributes[0] = StringColumn::Constant(std::string(3'000, 'y'));
  EXPECT_EQ(EventBatch(columns).memory_bytes(), before + 3'000);
  auto index = std::make_shared<JsonIndex>();
  index->tokens.resize(1'000);
  columns.payload.json_index = index;
  EXPECT_GE(EventBatch(columns).memory_bytes(), before + 7'000);
}

TEST(EventBatchTest, BuildsAChangedBatchThatSharesTheRest) {
  const EventBatch batch(TwoEvents(SharedBytes::FromString("aaaa bbbb")));
  EventBatch::Columns columns = batch.columns();
  columns.revision = "r2";
  const EventBatch changed(std::move(columns));
  EXPECT_EQ(changed.payload(0).data(), batch.payload(0).data());
  EXPECT_EQ(changed.revision(), "r2");
  EXPECT_EQ(batch.revision(), "");
}

TEST(SelectionTest, SelectsEveryRow) {
  Selection rows = {9, 9, 9, 9};
  SelectAll(3, rows);
  EXPECT_EQ(rows, (Selection{0, 1, 2}));
}

TEST(BatchViewTest, CountsTheWholeBatch) {
  auto batch = std::make_shared<const EventBatch>(
      TwoEvents(SharedBytes::FromString("aaaa bbbb")));
  const BatchView view{batch, {1}};
  EXPECT_EQ(view.memory_bytes(), batch->memory_bytes() + sizeof(uint32_t));
}

}  // namespace
}  // namespace phoenix
