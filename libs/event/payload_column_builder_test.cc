#include "libs/event/payload_column_builder.h"

#include <gtest/gtest.h>

#include <string_view>

namespace phoenix {
namespace {

TEST(PayloadColumnBuilderTest, CopiesWithoutAnInput) {
  PayloadColumnBuilder builder;
  builder.Append("ab", PayloadKind::kText);
  builder.Append("c", PayloadKind::kText);
  EXPECT_EQ(builder.byte_size(), 3u);
  const PayloadColumn column = builder.Build();
  EXPECT_EQ(column.blob.view(), "abc");
  EXPECT_EQ(column.at(1), "c");
  EXPECT_EQ(column.kinds.values.size(), 1u);
  EXPECT_EQ(column.json_index, nullptr);
}

TEST(PayloadColumnBuilderTest, KeepsAKindForEachRowWhereTheyDiffer) {
  PayloadColumnBuilder builder;
  builder.Append("a", PayloadKind::kText);
  builder.Append("b", PayloadKind::kBinary);
  builder.Append("", PayloadKind::kNone);
  const PayloadColumn column = builder.Build();
  EXPECT_EQ(column.kinds.at(0), PayloadKind::kText);
  EXPECT_EQ(column.kinds.at(1), PayloadKind::kBinary);
  EXPECT_EQ(column.kinds.at(2), PayloadKind::kNone);
}

TEST(PayloadColumnBuilderTest, RefersToTheInputUpToItsVeryEnd) {
  const auto input = SharedBytes::FromString("0123456789");
  PayloadColumnBuilder builder;
  builder.UseInput(input);
  builder.Append(input.view(), PayloadKind::kText);
  builder.Append(input.view().substr(9), PayloadKind::kText);
  builder.Append(std::string_view(), PayloadKind::kNone);
  const PayloadColumn column = builder.Build();
  EXPECT_EQ(column.blob.data(), input.data());
  EXPECT_EQ(column.at(0), "0123456789");
  EXPECT_EQ(column.at(1), "9");
  EXPECT_EQ(column.at(2), "");
}

TEST(PayloadColumnBuilderTest, CopiesWhatMerelyTouchesTheInput) {
  const auto whole = SharedBytes::FromString("0123456789");
  PayloadColumnBuilder builder;
  builder.UseInput(whole.Part(2, 8));
  builder.Append(whole.view().substr(2, 3), PayloadKind::kText);
  builder.Append(whole.view().substr(6, 3), PayloadKind::kText);
  const PayloadColumn column = builder.Build();
  EXPECT_EQ(column.blob.view(), "234678");
  EXPECT_EQ(column.at(0), "234");
  EXPECT_EQ(column.at(1), "678");
}

TEST(PayloadColumnBuilderTest, TakesNoInputOnceItHasPayloads) {
  const auto input = SharedBytes::FromString("input");
  PayloadColumnBuilder builder;
  builder.Append("x", PayloadKind::kText);
  builder.UseInput(input);
  builder.Append(input.view(), PayloadKind::kText);
  EXPECT_EQ(builder.Build().blob.view(), "xinput");
}

TEST(PayloadColumnBuilderTest, KeepsTheInputAliveAsLongAsTheColumn) {
  PayloadColumn column;
  {
    PayloadColumnBuilder builder;
    const auto input = SharedBytes::FromString("a longer text than inline");
    builder.UseInput(input);
    builder.Append(input.view().substr(2, 6), PayloadKind::kText);
    column = builder.Build();
  }
  EXPECT_EQ(column.at(0), "longer");
}

}  // namespace
}  // namespace phoenix
