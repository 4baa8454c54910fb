#include "libs/sources/http/content_type.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ContentTypeTest, ReadsTheMediaTypeInLowerCase) {
  EXPECT_EQ(ParseContentType(" Application/JSON ").media_type,
            "application/json");
  EXPECT_EQ(ParseContentType("text/plain;format=flowed").media_type,
            "text/plain");
  EXPECT_EQ(ParseContentType("").media_type, "");
}

TEST(ContentTypeTest, ReadsTheCharsetInAnyForm) {
  for (const char* value :
       {"a/b; charset=utf-8", "a/b;charset=UTF-8", "a/b; Charset = \"Utf-8\"",
        "a/b;x=1; CHARSET=\"utf\\-8\" ; y=2",
        "a/b; x=\"; charset=z\"; "
        "charset=utf-8",
        "a/b; charset=utf-8; charset=latin1"}) {
    EXPECT_EQ(ParseContentType(value).charset, "utf-8") << value;
  }
  EXPECT_EQ(ParseContentType("a/b; charset=ISO-8859-1").charset, "iso-8859-1");
}

TEST(ContentTypeTest, PassesOverWhatIsNoParameter) {
  for (const char* value : {"a/b", "a/b;", "a/b;;", "a/b; charset", "a/b; =",
                            "a/b; x=\"", "a/b; x=\"\\", "a/b; charsets=x"}) {
    EXPECT_EQ(ParseContentType(value).media_type, "a/b") << value;
    EXPECT_EQ(ParseContentType(value).charset, "") << value;
  }
}

TEST(ContentTypeTest, KnowsUtf8) {
  EXPECT_TRUE(IsUtf8Charset(""));
  EXPECT_TRUE(IsUtf8Charset("utf-8"));
  EXPECT_FALSE(IsUtf8Charset("utf-16"));
  EXPECT_FALSE(IsUtf8Charset("latin1"));
}

}  // namespace
}  // namespace phoenix
