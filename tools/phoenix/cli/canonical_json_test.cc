#include "tools/phoenix/cli/canonical_json.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(CanonicalJsonTest, IsOneForEqualValues) {
  EXPECT_EQ(CanonicalJson(R"({"b":1.0,"a":[true,null,"x"]})"),
            CanonicalJson(R"( { "a" : [ true , null, "\u0078" ], "b" : 1 } )"));
}

TEST(CanonicalJsonTest, TellsDifferentValuesApart) {
  EXPECT_NE(CanonicalJson("1"), CanonicalJson("\"1\""));
  EXPECT_NE(CanonicalJson("[1,2]"), CanonicalJson("[2,1]"));
  EXPECT_NE(CanonicalJson("9007199254740993"),
            CanonicalJson("9007199254740992"));
}

TEST(CanonicalJsonTest, LeavesWhatIsNoJsonAsItIs) {
  EXPECT_EQ(CanonicalJson("a { b"), "a { b");
}

TEST(LineDiffTest, MarksWhatDiffers) {
  EXPECT_EQ(LineDiff("{\n  a\n  b\n}\n", "{\n  a\n  c\n  d\n}\n"),
            "  {\n    a\n-   b\n+   c\n+   d\n  }\n");
  EXPECT_EQ(LineDiff("", "a\n"), "+ a\n");
  EXPECT_EQ(LineDiff("a\n", ""), "- a\n");
}

TEST(LineDiffTest, ShowsLongTextsWhole) {
  std::string lines;
  for (int i = 0; i < 3000; ++i) lines += "x\n";
  EXPECT_EQ(LineDiff(lines, "y\n").substr(0, 4), "- x\n");
}

}  // namespace
}  // namespace phoenix
