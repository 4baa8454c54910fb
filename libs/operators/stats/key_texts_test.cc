#include "libs/operators/stats/key_texts.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"

namespace phoenix {
namespace {

class KeyTextsTest : public ::testing::Test {
 protected:
  KeyTextsTest() { column_.Reset(1); }

  // The kind's letter and the text; empty when the row has no key.
  std::string Key() {
    KeyTexts texts(column_);
    const auto key = texts.at(0);
    if (!key.has_value()) return "";
    return std::string(1, "tnb"[static_cast<int>(key->kind)]) +
           std::string(key->text);
  }

  std::string KeyOf(double number) {
    column_.SetDouble(0, number);
    return Key();
  }

  ValueColumn column_;
};

TEST_F(KeyTextsTest, KeepsTheKindOfAKey) {
  column_.SetText(0, ValueTag::kString, "1");
  EXPECT_EQ(Key(), "t1");
  column_.SetInt(0, 1);
  EXPECT_EQ(Key(), "n1");
  column_.SetUint(0, 1);
  EXPECT_EQ(Key(), "n1");
  column_.SetBool(0, true);
  EXPECT_EQ(Key(), "btrue");
}

TEST_F(KeyTextsTest, GivesANumberOneTextHoweverItIsWritten) {
  EXPECT_EQ(KeyOf(1.0), "n1");
  EXPECT_EQ(KeyOf(1e15), "n1000000000000000");
  EXPECT_EQ(KeyOf(-0.0), "n0");
  EXPECT_EQ(KeyOf(0.5), "n0.5");
  EXPECT_EQ(KeyOf(1e300), "n1e+300");
  column_.SetInt(0, 1'000'000'000'000'000);
  EXPECT_EQ(Key(), "n1000000000000000");
}

TEST_F(KeyTextsTest, TakesNoOtherValues) {
  EXPECT_EQ(KeyOf(std::numeric_limits<double>::infinity()), "");
  EXPECT_EQ(KeyOf(std::numeric_limits<double>::quiet_NaN()), "");
  column_.SetTag(0, ValueTag::kNull);
  EXPECT_EQ(Key(), "");
  const std::string text(KeyTexts::kMaxKeyBytes + 1, 'x');
  column_.SetText(0, ValueTag::kString, text);
  EXPECT_EQ(Key(), "");
  column_.SetText(0, ValueTag::kString,
                  std::string_view(text).substr(0, KeyTexts::kMaxKeyBytes));
  EXPECT_EQ(Key().size(), KeyTexts::kMaxKeyBytes + 1) << "and the letter";
}

}  // namespace
}  // namespace phoenix
