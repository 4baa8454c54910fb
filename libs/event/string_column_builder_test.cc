#include "libs/event/string_column_builder.h"

#include <gtest/gtest.h>

#include <string>

namespace phoenix {
namespace {

TEST(StringColumnBuilderTest, MakesNullOfNothing) {
  StringColumnBuilder builder;
  EXPECT_TRUE(builder.empty());
  EXPECT_TRUE(builder.Build(3).is_null());
}

TEST(StringColumnBuilderTest, MakesAConstantOfOneValue) {
  StringColumnBuilder builder;
  for (uint32_t row = 0; row < 3; ++row) builder.Set(row, "same");
  const StringColumn column = builder.Build(3);
  EXPECT_EQ(column.kind(), StringColumn::Kind::kConstant);
  EXPECT_EQ(column.ToString(2), "same");
}

TEST(StringColumnBuilderTest, MakesAConstantOfTheEmptyValue) {
  StringColumnBuilder builder;
  builder.Set(0, "");
  const StringColumn column = builder.Build(1);
  EXPECT_EQ(column.kind(), StringColumn::Kind::kConstant);
  EXPECT_TRUE(column.HasValue(0));
}

TEST(StringColumnBuilderTest, LeavesRowsPassedOverNull) {
  StringColumnBuilder builder;
  builder.Set(1, "a");
  builder.Set(3, "a");
  const StringColumn column = builder.Build(5);
  EXPECT_EQ(column.kind(), StringColumn::Kind::kRanges);
  for (const uint32_t row : {0, 2, 4}) EXPECT_FALSE(column.HasValue(row));
  for (const uint32_t row : {1, 3}) EXPECT_EQ(column.ToString(row), "a");
}

TEST(StringColumnBuilderTest, TellsAnEmptyValueFromNull) {
  StringColumnBuilder builder;
  builder.Set(0, "");
  builder.Set(2, "x");
  const StringColumn column = builder.Build(3);
  EXPECT_TRUE(column.HasValue(0));
  EXPECT_FALSE(column.HasValue(1));
  EXPECT_EQ(column.ToString(0), "");
}

TEST(StringColumnBuilderTest, KeepsManyDistinctValuesApart) {
  StringColumnBuilder builder;
  for (uint32_t row = 0; row < 10'000; ++row) {
    builder.Set(row, std::to_string(row % 5'000));
  }
  const StringColumn column = builder.Build(10'000);
  for (uint32_t row = 0; row < 10'000; ++row) {
    ASSERT_EQ(column.ToString(row), std::to_string(row % 5'000));
  }
}

TEST(StringColumnBuilderTest, StoresValuesThatRepeatOnce) {
  StringColumnBuilder builder;
  for (uint32_t row = 0; row < 1'000; ++row) {
    builder.Set(row, row % 3 == 0 ? "one value" : "another one");
  }
  EXPECT_LE(builder.byte_size(), 20 + 1'000 * sizeof(ByteRange));
  EXPECT_EQ(builder.Build(1'000).blob().view(), "one valueanother one");
}

TEST(StringColumnBuilderTest, ForgetsAColumnItHasBuilt) {
  StringColumnBuilder builder;
  builder.Set(0, "first");
  builder.Set(1, "second");
  const StringColumn first = builder.Build(2);
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(builder.byte_size(), 0u);
  builder.Set(0, "second");
  builder.Set(1, "third");
  const StringColumn second = builder.Build(2);
  EXPECT_EQ(second.blob().view(), "secondthird");
  EXPECT_EQ(first.ToString(1), "second");
}

}  // namespace
}  // namespace phoenix
