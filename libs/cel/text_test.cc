#include "libs/cel/text.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/cel/operators.h"
#include "libs/cel/source.h"

namespace phoenix::cel {
namespace {

TEST(TextTest, JoinsItemsWithASeparator) {
  const auto name = [](int item) { return std::to_string(item); };
  EXPECT_EQ(Join(std::vector<int>{}, ", ", name), "");
  EXPECT_EQ(Join(std::vector<int>{1, 2, 3}, ", ", name), "1, 2, 3");
}

TEST(Utf8Test, AcceptsOnlyWellFormedText) {
  for (std::string_view good : {"", "a", "\u00e9", "\u20ac", "\U0001F600"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << good;
  }
  for (std::string_view bad :
       {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8", "a\xff"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
}

TEST(Utf8Test, EncodesCodePoints) {
  std::string text;
  for (char32_t c : {U'a', U'\u00e9', U'\u20ac', U'\U0001F600'}) {
    AppendUtf8(text, c);
  }
  EXPECT_EQ(text, "a\u00e9\u20ac\U0001F600");
  EXPECT_EQ(CountCodePoints(text), 4u);
}

TEST(EscapeTest, ShowsWhatCantBeSeen) {
  EXPECT_EQ(Escape("a\"\\\n\x01\u00e9", false), "a\\\"\\\\\\n\\x01\u00e9");
  EXPECT_EQ(Escape("\xc3\xa9", true), "\\xc3\\xa9");
}

TEST(SourceTest, FindsLinesAndColumns) {
  const Source source("ab\n\u00e9\u00e9c\r\nd");
  EXPECT_EQ(source.PositionAt(0).line, 1u);
  EXPECT_EQ(source.PositionAt(3).line, 2u);
  EXPECT_EQ(source.PositionAt(7).column, 3u);
  EXPECT_EQ(source.PositionAt(100).line, 3u);
  EXPECT_EQ(source.PositionAt(100).column, 2u);
  EXPECT_EQ(source.Line(2), "\u00e9\u00e9c");
  EXPECT_EQ(source.Line(4), "");
}

TEST(SourceTest, DrawsACaretBelowTheMistake) {
  const Source source("a +\nb c");
  EXPECT_EQ(Render(source, {{source.PositionAt(6), "wrong"}}),
            "2:3: wrong\n  b c\n    ^\n");
}

TEST(OperatorsTest, ShowsOperatorsAsWritten) {
  EXPECT_EQ(DisplayName("_+_"), "+");
  EXPECT_EQ(DisplayName("_<=_"), "<=");
  EXPECT_EQ(DisplayName("@in"), "in");
  EXPECT_EQ(DisplayName("_a_"), "_a_");
  EXPECT_EQ(DisplayName("size"), "size");
}

}  // namespace
}  // namespace phoenix::cel
