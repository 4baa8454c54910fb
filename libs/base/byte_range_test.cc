#include "libs/base/byte_range.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ByteRangeTest, FindsItsBytesInTheBlob) {
  const ByteRange range{2, 5};
  EXPECT_EQ(range.size(), 3u);
  EXPECT_EQ(range.In("abcdefg"), "cde");
}

TEST(ByteRangeTest, MayBeEmptyAtTheEnd) {
  const ByteRange range{3, 3};
  EXPECT_EQ(range.size(), 0u);
  EXPECT_EQ(range.In("abc"), "");
}

}  // namespace
}  // namespace phoenix
