#include "libs/event/json_tokens.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/base/byte_range.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {
namespace {

// One text, indexed.
class JsonTokensTest : public testing::Test {
 protected:
  JsonTokens Tokens(std::string_view text) {
    text_ = text;
    const ByteRange all{0, static_cast<uint32_t>(text.size())};
    std::vector<JsonError> errors;
    JsonIndexer().Index(text, absl::MakeConstSpan(&all, 1), index_, errors);
    EXPECT_TRUE(errors.empty()) << text;
    return JsonTokens(text, all, index_, 0);
  }

  std::string_view Value(JsonTokens& tokens) {
    return tokens.TakeValue().In(text_);
  }

  std::string_view text_;
  JsonIndex index_;
};

TEST_F(JsonTokensTest, TakesAScalarWithoutTheWhitespaceAroundIt) {
  JsonTokens tokens = Tokens("\t\"a , b\" \r\n");
  EXPECT_EQ(tokens.Peek(), '"');
  EXPECT_EQ(tokens.Offset(), 1u);
  EXPECT_EQ(Value(tokens), "\"a , b\"");
  EXPECT_EQ(tokens.Peek(), '\0');
  EXPECT_EQ(tokens.Offset(), text_.size());
}

TEST_F(JsonTokensTest, TakesAContainerWhole) {
  JsonTokens tokens = Tokens(R"( {"a":[1,{"b":"]"}]} )");
  EXPECT_EQ(Value(tokens), R"({"a":[1,{"b":"]"}]})");
}

TEST_F(JsonTokensTest, WalksAnArray) {
  JsonTokens tokens = Tokens(R"([ 1 , [2] ,"x", {} ])");
  EXPECT_EQ(tokens.CountElements(), 4u);
  std::vector<std::string_view> values;
  while (tokens.NextElement()) values.push_back(Value(tokens));
  EXPECT_EQ(values, (std::vector<std::string_view>{"1", "[2]", "\"x\"", "{}"}));
  EXPECT_EQ(tokens.Peek(), '\0');
}

TEST_F(JsonTokensTest, WalksArraysWithinArrays) {
  JsonTokens tokens = Tokens("[[],[[]],[1]]");
  std::vector<uint64_t> counts;
  while (tokens.NextElement()) {
    counts.push_back(tokens.CountElements());
    tokens.TakeValue();
  }
  EXPECT_EQ(counts, (std::vector<uint64_t>{0, 1, 1}));
}

TEST_F(JsonTokensTest, WalksAnObject) {
  JsonTokens tokens = Tokens(R"({"k" : 7 ,"l":[]})");
  ASSERT_TRUE(tokens.NextElement());
  EXPECT_EQ(Value(tokens), "\"k\"");
  EXPECT_EQ(tokens.Peek(), ':');
  tokens.Skip();
  EXPECT_EQ(Value(tokens), "7");
  ASSERT_TRUE(tokens.NextElement());
  tokens.TakeValue();
  tokens.Skip();
  EXPECT_EQ(Value(tokens), "[]");
  EXPECT_FALSE(tokens.NextElement());
}

TEST_F(JsonTokensTest, StandsBehindAnEmptyContainer) {
  JsonTokens tokens = Tokens("{ }");
  EXPECT_FALSE(tokens.NextElement());
  EXPECT_EQ(tokens.position(), index_.tokens.size());
}

}  // namespace
}  // namespace phoenix
