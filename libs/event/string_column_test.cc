#include "libs/event/string_column.h"

#include <gtest/gtest.h>

namespace phoenix {
namespace {

TEST(StringColumnTest, IsNullInEveryRowByDefault) {
  const StringColumn column;
  std::string scratch = "kept";
  EXPECT_TRUE(column.is_null());
  EXPECT_FALSE(column.HasValue(7));
  EXPECT_EQ(column.Get(7, scratch), "");
  EXPECT_TRUE(column.ranges().empty());
  EXPECT_EQ(column.memory_bytes(), 0u);
}

TEST(StringColumnTest, HoldsAConstantOnce) {
  const StringColumn column = StringColumn::Constant("/sensors");
  std::string scratch;
  EXPECT_TRUE(column.HasValue(0));
  EXPECT_EQ(column.Get(0, scratch), "/sensors");
  EXPECT_EQ(column.Get(65'535, scratch).data(), column.blob().data());
  EXPECT_EQ(column.memory_bytes(), 8u);
}

TEST(StringColumnTest, TellsAnEmptyConstantFromNull) {
  const StringColumn column = StringColumn::Constant("");
  EXPECT_TRUE(column.HasValue(3));
  EXPECT_FALSE(column.is_null());
}

TEST(StringColumnTest, CountsASequenceUpwards) {
  const StringColumn column = StringColumn::Sequence("run-", 98);
  EXPECT_EQ(column.ToString(0), "run-98");
  EXPECT_EQ(column.ToString(2), "run-100");
  std::string scratch;
  EXPECT_EQ(column.Get(1, scratch).data(), scratch.data());
}

TEST(StringColumnTest, CountsBeyond32Bits) {
  const StringColumn column = StringColumn::Sequence("", ~uint64_t{0} - 1);
  EXPECT_EQ(column.ToString(1), "18446744073709551615");
}

TEST(StringColumnTest, ReadsRangesAndNulls) {
  const StringColumn column = StringColumn::Ranges(
      SharedBytes::FromString("abcde"),
      {{0, 3}, StringColumn::kNullRange, {3, 5}, {0, 3}, {1, 1}});
  std::string scratch;
  EXPECT_EQ(column.Get(0, scratch), "abc");
  EXPECT_FALSE(column.HasValue(1));
  EXPECT_EQ(column.Get(1, scratch), "");
  EXPECT_EQ(column.Get(2, scratch), "de");
  EXPECT_EQ(column.Get(3, scratch), "abc");
  EXPECT_TRUE(column.HasValue(4));
  EXPECT_EQ(column.Get(4, scratch), "");
}

TEST(StringColumnTest, OutlivesTheOneItWasCopiedFrom) {
  StringColumn copy;
  {
    const StringColumn column = StringColumn::Ranges(
        SharedBytes::FromString("payload of a batch"), {{11, 18}});
    copy = column;
  }
  EXPECT_EQ(copy.ToString(0), "a batch");
}

}  // namespace
}  // namespace phoenix
