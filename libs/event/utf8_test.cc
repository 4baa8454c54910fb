#include "libs/event/utf8.h"

#include <gtest/gtest.h>

#include <vector>

#include "libs/base/byte_range.h"
#include "libs/event/string_column.h"

namespace phoenix {
namespace {

TEST(Utf8Test, TellsValidFromInvalid) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("größe €"));
  EXPECT_FALSE(IsUtf8("\xC3"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));  // A surrogate.
}

TEST(Utf8Test, LooksAtEachRangeByItself) {
  const std::string_view blob = "aéb";  // The é is bytes 1 and 2.
  EXPECT_TRUE(AreUtf8(blob, std::vector<ByteRange>{{0, 4}, {1, 3}, {4, 4}}));
  EXPECT_FALSE(AreUtf8(blob, std::vector<ByteRange>{{0, 2}}));
  EXPECT_FALSE(AreUtf8(blob, std::vector<ByteRange>{{2, 4}}));
  EXPECT_TRUE(AreUtf8(blob, std::vector<ByteRange>{StringColumn::kNullRange}));
}

TEST(Utf8Test, IgnoresWhatNoRangeRefersTo) {
  const std::string_view blob = "ab\xFF";
  EXPECT_TRUE(AreUtf8(blob, std::vector<ByteRange>{{0, 2}}));
  EXPECT_FALSE(AreUtf8(blob, std::vector<ByteRange>{{1, 3}}));
}

}  // namespace
}  // namespace phoenix
