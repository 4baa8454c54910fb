#include "libs/operators/validate/breach_text.h"

#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(ShortenTest, ShowsUpToItsLimit) {
  const std::string most(kMaxShownBytes, 'x');
  EXPECT_EQ(Shorten(""), "");
  EXPECT_EQ(Shorten(most), most);
  EXPECT_EQ(Shorten(most + "y"), most + "...");
}

TEST(ShortenTest, CutsBetweenCharacters) {
  const std::string before(kMaxShownBytes - 1, 'x');
  EXPECT_EQ(Shorten(before + "üü"), before + "...");
  EXPECT_EQ(Shorten("x" + before + "ü"), "x" + before + "...");
}

TEST(ShortNumberTest, LosesNothing) {
  EXPECT_EQ(ShortNumber(200), "200");
  EXPECT_EQ(ShortNumber(-0.1), "-0.1");
  EXPECT_EQ(ShortNumber(1e300), "1e+300");
}

class DescribeValueTest : public testing::Test {
 protected:
  DescribeValueTest() { column_.Reset(1); }
  std::string Describe(const absl::Status& why = absl::OkStatus()) const {
    return DescribeValue(column_, 0, why);
  }
  ValueColumn column_;
};

TEST_F(DescribeValueTest, TellsWhatIsThere) {
  column_.SetInt(0, -7);
  EXPECT_EQ(Describe(), "is -7");
  column_.SetUint(0, ~uint64_t{0});
  EXPECT_EQ(Describe(), "is 18446744073709551615");
  column_.SetDouble(0, 20.5);
  EXPECT_EQ(Describe(), "is 20.5");
  column_.SetBool(0, false);
  EXPECT_EQ(Describe(), "is false");
  column_.SetText(0, ValueTag::kString, "ab-1");
  EXPECT_EQ(Describe(), "is 'ab-1'");
  column_.SetText(0, ValueTag::kJson, "[1]");
  EXPECT_EQ(Describe(), "is [1]");
}

TEST_F(DescribeValueTest, TellsThatNothingIsThere) {
  EXPECT_EQ(Describe(), "is missing");
  column_.SetTag(0, ValueTag::kNull);
  EXPECT_EQ(Describe(), "is null");
  column_.SetTag(0, ValueTag::kError);
  EXPECT_EQ(Describe(absl::InvalidArgumentError("no such field 'a'")),
            "has no value: no such field 'a'");
}

TEST_F(DescribeValueTest, ShowsABoundedPartOfALongValue) {
  const std::string text(1000, 'x');
  column_.SetText(0, ValueTag::kString, text);
  EXPECT_EQ(Describe(), "is '" + Shorten(text) + "'");
}

}  // namespace
}  // namespace phoenix
