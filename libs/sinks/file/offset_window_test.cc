#include "libs/sinks/file/offset_window.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/event_batch.h"

namespace phoenix {
namespace {

// Four events of a log.
BatchView ViewAt(int64_t first_offset, Selection rows, int32_t partition = 0) {
  EventBatch::Columns columns =
      MakeBatch(std::vector<std::string>(4, "1"))->columns();
  columns.identity = {
      .log = "orders", .partition = partition, .first_offset = first_offset};
  return {std::make_shared<EventBatch>(std::move(columns)), std::move(rows)};
}

TEST(OffsetWindowTest, HasTheRowsThatItWasGivenAndNoOthers) {
  OffsetWindow window;
  window.Add(ViewAt(100, {0, 1, 3}));
  EXPECT_TRUE(window.HasAnyOf(ViewAt(100, {0})));
  EXPECT_TRUE(window.HasAnyOf(ViewAt(100, {2, 3})));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(100, {2})));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(96, {0, 1, 2, 3})));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(104, {0, 1, 2, 3})));
  EXPECT_TRUE(window.HasAnyOf(ViewAt(98, {2}))) << "whatever the batch";
}

TEST(OffsetWindowTest, KeepsPartitionsApart) {
  OffsetWindow window;
  window.Add(ViewAt(100, {0}, 1));
  EXPECT_TRUE(window.HasAnyOf(ViewAt(100, {0}, 1)));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(100, {0}, 2)));
}

TEST(OffsetWindowTest, NeverHasRowsWithoutIdentity) {
  OffsetWindow window;
  window.Add(ViewAt(-1, {0, 1}));
  window.Add(ViewAt(0, {}));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(-1, {0, 1})));
  EXPECT_FALSE(window.HasAnyOf(ViewAt(0, {0, 1})));
}

TEST(OffsetWindowTest, HasNothingWhenItIsCleared) {
  OffsetWindow window;
  window.Add(ViewAt(100, {0}));
  window.Clear();
  EXPECT_FALSE(window.HasAnyOf(ViewAt(100, {0})));
}

TEST(OffsetWindowTest, IsFullAtItsBound) {
  OffsetWindow window;
  constexpr auto kPages = static_cast<int64_t>(OffsetWindow::kMaxPages);
  for (int64_t page = 0; page < kPages - 1; ++page) {
    window.Add(ViewAt(page * OffsetSet::kPageOffsets, {0}));
  }
  EXPECT_FALSE(window.full());
  window.Add(ViewAt(0, {1}));
  EXPECT_FALSE(window.full()) << "a page that it has costs nothing";
  window.Add(ViewAt(0, {0}, 1));
  EXPECT_TRUE(window.full());
  window.Clear();
  EXPECT_FALSE(window.full());
}

}  // namespace
}  // namespace phoenix
