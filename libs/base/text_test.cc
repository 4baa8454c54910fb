#include "libs/base/text.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(TextTest, CatTakesEveryKindOfText) {
  const std::string_view view = "view";
  EXPECT_EQ(
      Cat(view, " ", std::string("string"), " ", 42, absl::string_view("!")),
      "view string 42!");
  EXPECT_EQ(Cat(), "");
}

TEST(TextTest, CatToAppends) {
  std::string out = "a";
  CatTo(out, std::string_view("b"), 1);
  EXPECT_EQ(out, "ab1");
}

TEST(TextTest, ViewsKeepEmbeddedNuls) {
  const std::string_view view("a\0b", 3);
  EXPECT_EQ(FromAbsl(ToAbsl(view)), view);
}

}  // namespace
}  // namespace phoenix
