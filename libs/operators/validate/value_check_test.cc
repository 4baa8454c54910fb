#include "libs/operators/validate/value_check.h"

#include <limits>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

// A column of one value.
class Value {
 public:
  Value() { column_.Reset(1); }
  static Value Of(double number) {
    Value value;
    value.column_.SetDouble(0, number);
    return value;
  }
  static Value Of(const std::string& text) {
    Value value;
    value.text_ = std::make_unique<std::string>(text);
    value.column_.SetText(0, ValueTag::kString, *value.text_);
    return value;
  }
  static Value Of(ValueTag tag) {
    Value value;
    value.column_.SetTag(0, tag);
    return value;
  }
  static Value Of(bool truth) {
    Value value;
    value.column_.SetBool(0, truth);
    return value;
  }

  bool Passes(const ValueCheck& check) const {
    return check.Passes(column_, 0);
  }

 private:
  ValueColumn column_;
  std::unique_ptr<std::string> text_;
};

TEST(ValueCheckTest, KnowsWhatIsNull) {
  const NotNullCheck check;
  EXPECT_TRUE(Value::Of(0.0).Passes(check));
  EXPECT_TRUE(Value::Of(std::string()).Passes(check));
  EXPECT_FALSE(Value::Of(ValueTag::kNull).Passes(check));
  EXPECT_FALSE(Value::Of(ValueTag::kMissing).Passes(check));
  EXPECT_FALSE(Value::Of(ValueTag::kError).Passes(check));
}

TEST(ValueCheckTest, HoldsNumbersToTheirRange) {
  const RangeCheck check({.min = -1, .max = 2});
  EXPECT_TRUE(Value::Of(-1.0).Passes(check));
  EXPECT_TRUE(Value::Of(2.0).Passes(check));
  EXPECT_FALSE(Value::Of(2.0001).Passes(check));
  EXPECT_FALSE(Value::Of(-1.1).Passes(check));
  EXPECT_FALSE(Value::Of(std::string("1")).Passes(check));
  EXPECT_FALSE(Value::Of(ValueTag::kNull).Passes(check));
  EXPECT_FALSE(
      Value::Of(std::numeric_limits<double>::quiet_NaN()).Passes(check));
}

TEST(ValueCheckTest, MatchesAllOfAText) {
  const RegexCheck check(std::make_unique<const RE2>("[a-z]+-[0-9]{2}"));
  EXPECT_TRUE(Value::Of(std::string("ab-12")).Passes(check));
  EXPECT_FALSE(Value::Of(std::string("ab-123")).Passes(check));
  EXPECT_FALSE(Value::Of(std::string("Xab-12")).Passes(check));
  EXPECT_FALSE(Value::Of(12.0).Passes(check));
}

TEST(ValueCheckTest, TakesTrueOnly) {
  const TrueCheck check;
  EXPECT_TRUE(Value::Of(true).Passes(check));
  EXPECT_FALSE(Value::Of(false).Passes(check));
  EXPECT_FALSE(Value::Of(1.0).Passes(check));
  EXPECT_FALSE(Value::Of(ValueTag::kError).Passes(check));
}

TEST(ValueCheckTest, SaysWhatItExpects) {
  EXPECT_EQ(NotNullCheck().Expected(), "a value");
  EXPECT_EQ(RangeCheck({.min = -80, .max = 0.5}).Expected(),
            "a number from -80 to 0.5");
  EXPECT_EQ(RangeCheck({.min = 1}).Expected(), "a number, at least 1");
  EXPECT_EQ(RangeCheck({.max = 1}).Expected(), "a number, at most 1");
  EXPECT_EQ(EmailCheck().Expected(), "an e-mail address");
  EXPECT_EQ(RegexCheck(std::make_unique<const RE2>("[a-z]+")).Expected(),
            "a text that matches '[a-z]+'");
  EXPECT_EQ(TrueCheck().Expected(), "true");
}

TEST(EmailAddressTest, TakesAddressesAsPeopleHaveThem) {
  for (const char* text :
       {"a@b.cd", "first.last+tag@sub.example.com", "o'neil@x-y.org", "1@2.3a",
        "a@xn--bcher-kva.example"}) {
    EXPECT_TRUE(IsEmailAddress(text)) << text;
  }
}

TEST(EmailAddressTest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "a", "@b.cd", "a@", "a@b", "a@b.", "a@.b", "a..b@c.de", ".a@b.cd",
        "a.@b.cd", "a b@c.de", "a@b c.de", "a@-b.cd", "a@b-.cd", "a@b@c.de",
        "\"a\"@b.cd", "a@[1.2.3.4]", "ü@b.cd", "a@b.cd\n"}) {
    EXPECT_FALSE(IsEmailAddress(text)) << text;
  }
}

TEST(EmailAddressTest, HoldsThePartsToTheirLimits) {
  EXPECT_TRUE(IsEmailAddress(std::string(64, 'a') + "@b.cd"));
  EXPECT_FALSE(IsEmailAddress(std::string(65, 'a') + "@b.cd"));
  EXPECT_TRUE(IsEmailAddress("a@" + std::string(63, 'b') + ".cd"));
  EXPECT_FALSE(IsEmailAddress("a@" + std::string(64, 'b') + ".cd"));
  std::string host = "cd";
  while (host.size() < 255) host = "b." + host;
  EXPECT_FALSE(IsEmailAddress("a@" + host));
}

}  // namespace
}  // namespace phoenix
