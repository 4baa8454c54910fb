#include "libs/json/json_path.h"

#include <gtest/gtest.h>

#include <string>

namespace phoenix {
namespace {

TEST(ParsePathTest, ReadsKeysAndIndexes) {
  const auto path = ParsePath(R"(a.b_2["x \"y\""][7].c)");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_EQ(*path, (JsonPath{{"a"}, {"b_2"}, {"x \"y\""}, {"", 7}, {"c"}}));
}

TEST(ParsePathTest, ReadsAPathOfNoSteps) {
  EXPECT_EQ(*ParsePath(""), JsonPath());
}

TEST(ParsePathTest, IsReadBackFromItsText) {
  for (const char* text : {"", "a", "a.b", "[\"x y\"].z", "[3][4].a"}) {
    EXPECT_EQ(PathText(*ParsePath(text)), text);
  }
}

TEST(ParsePathTest, SaysWhereAPathIsWrong) {
  for (const char* text : {".a", "a.", "a..b", "a[", "a[x]", "a[-1]", "a[\"b",
                           "a[\"\\q\"]", "a b", "1a", "a[4294967295]"}) {
    EXPECT_FALSE(ParsePath(text).ok()) << text;
  }
  EXPECT_EQ(ParsePath("a.b.").status().message(),
            "expected a field, '[\"key\"]' or '[index]' at byte 3 of path "
            "'a.b.'");
}

TEST(ParsePathTest, TakesAsManyStepsAsAreAllowed) {
  std::string text = "a";
  for (size_t i = 1; i < kMaxPathSteps; ++i) text += ".a";
  EXPECT_TRUE(ParsePath(text).ok());
  EXPECT_FALSE(ParsePath(text + ".a").ok());
}

TEST(HasPrefixTest, TakesWholeSteps) {
  EXPECT_TRUE(HasPrefix(*ParsePath("a.b"), *ParsePath("a")));
  EXPECT_TRUE(HasPrefix(*ParsePath("a.b"), *ParsePath("a.b")));
  EXPECT_TRUE(HasPrefix(*ParsePath("a"), {}));
  EXPECT_FALSE(HasPrefix(*ParsePath("ab"), *ParsePath("a")));
  EXPECT_FALSE(HasPrefix(*ParsePath("a"), *ParsePath("a.b")));
}

}  // namespace
}  // namespace phoenix
