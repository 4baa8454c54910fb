#include "libs/json/json_indexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "libs/json/json_testing.h"
#include "libs/json/row_validator.h"

namespace phoenix {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Every kernel that this processor can run.
std::vector<const simdjson::implementation*> Kernels() {
  std::vector<const simdjson::implementation*> kernels;
  for (const auto* kernel : simdjson::get_available_implementations()) {
    if (kernel->supported_by_runtime_system()) kernels.push_back(kernel);
  }
  return kernels;
}

class JsonIndexerTest
    : public ::testing::TestWithParam<const simdjson::implementation*> {
 protected:
  JsonIndexerTest() : before_(simdjson::get_active_implementation()) {
    simdjson::get_active_implementation() = GetParam();
  }
  ~JsonIndexerTest() override {
    simdjson::get_active_implementation() = before_;
  }

 private:
  const simdjson::implementation* before_;
};

INSTANTIATE_TEST_SUITE_P(Kernels, JsonIndexerTest,
                         ::testing::ValuesIn(Kernels()),
                         [](const auto& info) { return info.param->name(); });

TEST_P(JsonIndexerTest, FindsTheTokensOfEachRow) {
  const JsonRows rows({R"({"a":[1,"x"]})", R"( "s" )", "[]"});
  EXPECT_THAT(rows.errors, IsEmpty());
  EXPECT_EQ(rows.TokensOf(0), R"({":[1,"]})");
  EXPECT_EQ(rows.TokensOf(1), R"(")");
  EXPECT_EQ(rows.TokensOf(2), "[]");
}

TEST_P(JsonIndexerTest, CountsOffsetsFromTheBeginningOfTheBlob) {
  const JsonRows rows({"[]", "[7]"});
  EXPECT_EQ(rows.index.tokens, (std::vector<uint32_t>{0, 1, 3, 4, 5}));
  EXPECT_EQ(rows.index.first, (std::vector<uint32_t>{0, 2, 5}));
}

TEST_P(JsonIndexerTest, AcceptsWhatTheGrammarHas) {
  for (const char* text :
       {"null", "true", "false", "0", "-0", "-1.5e+10", "1E5", "1e-5", "0.5",
        "\"\"", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")", "{}", "[ ]",
        "{\"\":{\"a\":[]}}", "[1 , 2]", "\t[\r1 ]  ", "\"\xC3\xA9\"",
        "[[],{},[{}]]", "12345678901234567890123"}) {
    const JsonRows rows({text});
    EXPECT_THAT(rows.errors, IsEmpty()) << text;
    EXPECT_GT(rows.index.tokens.size(), 0u) << text;
  }
}

struct Invalid {
  const char* text;
  uint32_t offset;
  const char* message;
};

constexpr Invalid kInvalid[] = {
    {"", 0, "expected a value, found the end of the text"},
    {"  ", 2, "expected a value, found the end of the text"},
    {"{", 1, "expected a key in quotes or '}', found the end of the text"},
    {"{\"a\":1", 6, "expected ',' or '}' after a value, found the end"},
    {"{\"a\":", 5, "expected a value, found the end of the text"},
    {"{\"a\" 1}", 5, "expected ':' after a key, found '1'"},
    {"{\"a\":1,}", 7, "expected a key in quotes, found '}'"},
    {"{a:1}", 1, "expected a key in quotes or '}', found 'a'"},
    {"{\"a\":1 \"b\":2}", 7, "expected ',' or '}' after a value, found '\"'"},
    {"[1,]", 3, "expected a value, found ']'"},
    {"[,1]", 1, "expected a value or ']', found ','"},
    {"[1 2]", 3, "expected ',' or ']' after a value, found '2'"},
    {"[1}", 2, "expected ',' or ']' after a value, found '}'"},
    {"1 2", 2, "expected nothing after the value, found '2'"},
    {"{} {}", 3, "expected nothing after the value, found '{'"},
    {"\"a\"x", 3, "expected nothing after the value, found 'x'"},
    {"nul", 0, "expected 'true', 'false' or 'null', found 'nul'"},
    {"truely", 0, "expected 'true', 'false' or 'null', found 'truely'"},
    {"falsy", 0, "expected 'true', 'false' or 'null', found 'falsy'"},
    {"01", 0, "expected a number, found '01'"},
    {"1.", 0, "expected a number, found '1.'"},
    {"-", 0, "expected a number, found '-'"},
    {"1e", 0, "expected a number, found '1e'"},
    {"+1", 0, "expected a value, found '+1'"},
    {"1\"a\"", 0, "expected a number, found '1'"},
    {"NaN", 0, "expected a value, found 'NaN'"},
    {"'a'", 0, "expected a value, found '''"},
    {R"("\x")", 1, R"(expected an escape that JSON has, found '\x')"},
    {R"("\u12g4")", 1, "expected an escape that JSON has"},
    {R"("\ud800")", 1, R"(expected a pair of surrogates, found '\ud800')"},
    {R"("\udc00\ud800")", 1, "expected a pair of surrogates"},
    {"[1,\"a", 3, "expected a closing quote, found '\"'"},
    {"[\"a\tb\"]", 3,
     "expected a control character in a string to be escaped, found '\\x09'"},
    {"[\"a\xFF\"]", 3, "expected UTF-8, found '\\xFF'"},
    {"[\"\xC0\xAF\"]", 2, "expected UTF-8"},
    {"[\"\xED\xA0\x80\"]", 2, "expected UTF-8"},
    {"[1,\x0C 2]", 3, "expected a value, found '\\x0C'"},
};

TEST_P(JsonIndexerTest, SaysWhatIsWrongAndWhere) {
  for (const Invalid& invalid : kInvalid) {
    const JsonRows rows({invalid.text});
    ASSERT_THAT(rows.errors, SizeIs(1)) << invalid.text;
    EXPECT_EQ(rows.errors[0].offset, invalid.offset) << invalid.text;
    EXPECT_THAT(rows.errors[0].message, ::testing::StartsWith(invalid.message))
        << invalid.text;
    EXPECT_THAT(rows.index.tokens, IsEmpty()) << invalid.text;
  }
}

// Whatever is wrong with a row, its neighbours are as if it were not there.
TEST_P(JsonIndexerTest, KeepsNeighboursOfAnInvalidRow) {
  for (const Invalid& invalid : kInvalid) {
    const JsonRows rows({R"({"a":1})", invalid.text, R"(["b"])"});
    ASSERT_THAT(rows.errors, SizeIs(1)) << invalid.text;
    EXPECT_EQ(rows.errors[0].row, 1u) << invalid.text;
    EXPECT_EQ(rows.errors[0].offset, invalid.offset) << invalid.text;
    EXPECT_EQ(rows.TokensOf(0), R"({":1})") << invalid.text;
    EXPECT_EQ(rows.TokensOf(1), "") << invalid.text;
    EXPECT_EQ(rows.TokensOf(2), R"(["])") << invalid.text;
  }
}

TEST_P(JsonIndexerTest, RefusesTwoRowsWhoseQuotesWouldPairUp) {
  for (const char* gap : {"\n", ",", "", " "}) {
    const JsonRows rows({R"(["a)", R"(b"])", "[]"}, gap);
    ASSERT_THAT(rows.errors, SizeIs(2)) << gap;
    EXPECT_EQ(rows.errors[0].row, 0u);
    EXPECT_EQ(rows.errors[1].row, 1u);
    EXPECT_EQ(rows.TokensOf(2), "[]");
  }
}

TEST_P(JsonIndexerTest, RefusesRowsThatOnlyTheNextRowWouldComplete) {
  const JsonRows rows({R"({"a":)", R"({"b":1}})", "[1", ",2]"});
  ASSERT_THAT(rows.errors, SizeIs(4));
  EXPECT_EQ(rows.errors[0].offset, 5u);
  EXPECT_THAT(rows.index.tokens, IsEmpty());
}

TEST_P(JsonIndexerTest, IsNotMisledByABackslashBeforeALineBreak) {
  const JsonRows rows({R"(["a\)", R"("])", R"(["c"])"});
  ASSERT_THAT(rows.errors, SizeIs(2));
  EXPECT_EQ(rows.TokensOf(2), R"(["])");
}

TEST_P(JsonIndexerTest, TakesRowsWithAnythingBetweenThem) {
  for (const char* gap : {"", ",", ", ", "\"", "\"\"", "\xFF", "{", "x", "\\",
                          "\x01\x02", "\n\n", "}]"}) {
    const JsonRows rows({R"({"a":"b"})", "12", R"("s")", "[true]"}, gap);
    EXPECT_THAT(rows.errors, IsEmpty()) << gap;
    EXPECT_EQ(rows.TokensOf(0), R"({":"})") << gap;
    EXPECT_EQ(rows.TokensOf(1), "1") << gap;
    EXPECT_EQ(rows.TokensOf(2), R"(")") << gap;
    EXPECT_EQ(rows.TokensOf(3), "[t]") << gap;
  }
}

TEST_P(JsonIndexerTest, TakesRowsInAnyOrder) {
  const std::string blob = "[1]\n[true]\n[\"x\"]";
  const std::vector<ByteRange> rows = {{11, 16}, {0, 3}, {4, 10}, {0, 3}};
  JsonIndex index;
  std::vector<JsonError> errors;
  JsonIndexer().Index(blob, rows, index, errors);
  EXPECT_THAT(errors, IsEmpty());
  EXPECT_EQ(index.tokens,
            (std::vector<uint32_t>{11, 12, 15, 0, 1, 2, 4, 5, 9, 0, 1, 2}));
}

TEST_P(JsonIndexerTest, TakesRowsLargerThanAChunk) {
  const std::string text(2 * JsonIndexer::kMaxChunkBytes, 'x');
  const JsonRows rows({"[1]", "[\"" + text + "\"]", "[2]"});
  EXPECT_THAT(rows.errors, IsEmpty());
  EXPECT_EQ(rows.TokensOf(1), "[\"]");
}

TEST_P(JsonIndexerTest, AcceptsTheDepthThatIsAllowedAndNoMore) {
  const std::string open(kMaxJsonDepth, '[');
  const std::string close(kMaxJsonDepth, ']');
  const JsonRows rows({open + close, "[" + open + close + "]"});
  ASSERT_THAT(rows.errors, SizeIs(1));
  EXPECT_EQ(rows.errors[0].row, 1u);
  EXPECT_EQ(rows.errors[0].offset, kMaxJsonDepth);
  EXPECT_EQ(rows.errors[0].message,
            "expected at most 128 levels of nesting, found '['");
}

TEST_P(JsonIndexerTest, RefusesTenThousandNestedArrays) {
  const JsonRows rows({std::string(10'000, '['), "[]"});
  ASSERT_THAT(rows.errors, SizeIs(1));
  EXPECT_EQ(rows.TokensOf(1), "[]");
}

TEST_P(JsonIndexerTest, IsReusedAfterErrors) {
  JsonIndexer indexer;
  JsonIndex index;
  std::vector<JsonError> errors;
  const ByteRange row{0, 2};
  indexer.Index("[x", {&row, 1}, index, errors);
  indexer.Index("{}", {&row, 1}, index, errors);
  EXPECT_THAT(errors, SizeIs(1));  // Appended to, not overwritten.
  EXPECT_EQ(index.tokens, (std::vector<uint32_t>{0, 1}));
}

TEST_P(JsonIndexerTest, TakesABatchWithoutRows) {
  const JsonRows rows({});
  EXPECT_EQ(rows.index.first, (std::vector<uint32_t>{0}));
}

}  // namespace
}  // namespace phoenix
