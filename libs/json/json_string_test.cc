#include "libs/json/json_string.h"

#include <gtest/gtest.h>

#include <string>

namespace phoenix {
namespace {

std::string Unescaped(std::string_view raw) {
  std::string out(raw.size(), '\0');
  out.resize(Unescape(raw, out.data()));
  return out;
}

std::string Written(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(UnescapeTest, ResolvesEveryEscape) {
  EXPECT_EQ(Unescaped(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(Unescaped(R"(\u0041\u00e9\u20AC)"), "A\u00e9\u20ac");
  EXPECT_EQ(Unescaped(R"(\ud83d\ude00)"), "\U0001F600");
  EXPECT_EQ(Unescaped(R"(\u0000x)"), std::string("\0x", 2));
}

TEST(UnescapeTest, LeavesAllElse) {
  EXPECT_EQ(Unescaped("caf\u00e9"), "caf\u00e9");
  EXPECT_EQ(Unescaped(""), "");
}

TEST(AppendJsonStringTest, EscapesOnlyWhatItMust) {
  EXPECT_EQ(Written("a/b caf\u00e9"), "\"a/b caf\u00e9\"");
  EXPECT_EQ(Written("\"\\\n\r\t"), R"("\"\\\n\r\t")");
  EXPECT_EQ(Written(std::string_view("\0\x1F", 2)), R"("\u0000\u001f")");
}

TEST(AppendJsonStringTest, IsReadBack) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  const std::string written = Written(all);
  EXPECT_EQ(Unescaped(std::string_view(written).substr(1, written.size() - 2)),
            all);
}

TEST(ValidateEscapesTest, BeginsWhereItIsTold) {
  JsonFault fault;
  EXPECT_FALSE(ValidateEscapes(R"("\q")", 0, fault));
  EXPECT_EQ(fault.offset, 1u);
  EXPECT_TRUE(ValidateEscapes(R"("\q")", 2, fault));
}

TEST(ValidateEscapesTest, RefusesAnEscapeThatIsCutOff) {
  JsonFault fault;
  for (const char* text : {"\\", "\\u", "\\u12", "\\ud800", "\\ud800\\u12"}) {
    EXPECT_FALSE(ValidateEscapes(text, 0, fault)) << text;
  }
}

TEST(Utf8LengthTest, KnowsTheLengthsOfCharacters) {
  EXPECT_EQ(Utf8Length("a"), 1u);
  EXPECT_EQ(Utf8Length("\xC3\xA9"), 2u);
  EXPECT_EQ(Utf8Length("\xE2\x82\xAC"), 3u);
  EXPECT_EQ(Utf8Length("\xF0\x9F\x98\x80"), 4u);
}

TEST(Utf8LengthTest, RefusesWhatIsNoCharacter) {
  for (const char* text :
       {"\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(Utf8Length(text), 0u);
  }
}

}  // namespace
}  // namespace phoenix
