#include "libs/base/json_text.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(JsonTextTest, QuotesPlainText) {
  EXPECT_EQ(JsonText(""), R"("")");
  EXPECT_EQ(JsonText("plain"), R"("plain")");
}

TEST(JsonTextTest, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(JsonText("a\"b\\c\n\r\t\x01\x1f"),
            R"("a\"b\\c\n\r\t\u0001\u001f")");
}

TEST(JsonTextTest, KeepsUtf8) {
  EXPECT_EQ(JsonText("grüße 中 😀"), "\"grüße 中 😀\"");
}

TEST(JsonTextTest, ReplacesEachByteThatIsNoUtf8) {
  EXPECT_EQ(JsonText("\xff"), R"("\ufffd")");
  EXPECT_EQ(JsonText("a\xc3"), R"("a\ufffd")");                    // Cut off.
  EXPECT_EQ(JsonText("\xc0\xaf"), R"("\ufffd\ufffd")");            // Overlong.
  EXPECT_EQ(JsonText("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");  // Surrogate.
  EXPECT_EQ(JsonText("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");
  EXPECT_EQ(JsonText("\xe0\x80\x80"), R"("\ufffd\ufffd\ufffd")");
}

TEST(JsonTextTest, AppendsToWhatIsThere) {
  std::string out = "{";
  AppendJsonText("a", out);
  EXPECT_EQ(out, R"({"a")");
}

}  // namespace
}  // namespace phoenix
