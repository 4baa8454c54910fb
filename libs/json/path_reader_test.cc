#include "libs/json/path_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "libs/json/json_testing.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

// What a column holds, in words.
std::string Describe(const ValueColumn& column, uint32_t row) {
  switch (column.tag(row)) {
    case ValueTag::kMissing:
      return "missing";
    case ValueTag::kNull:
      return "null";
    case ValueTag::kBool:
      return column.AsBool(row) ? "true" : "false";
    case ValueTag::kInt:
      return std::to_string(column.AsInt(row));
    case ValueTag::kDouble:
      return "double " + std::to_string(column.AsDouble(row));
    case ValueTag::kString:
      return "'" + std::string(column.AsText(row)) + "'";
    case ValueTag::kJson:
      return std::string(column.AsText(row));
    default:
      return "error";
  }
}

// The values at one path of every row.
std::vector<std::string> Read(std::string_view path,
                              const std::vector<std::string>& texts) {
  const JsonRows rows(texts);
  PathSet paths;
  const uint32_t value = paths.AddValue(*ParsePath(path));
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, static_cast<uint32_t>(texts.size()));
  reader.Read(rows.texts(), rows.all, arena, columns);
  std::vector<std::string> values;
  for (uint32_t row : rows.all) {
    values.push_back(Describe(columns.values[value], row));
  }
  return values;
}

TEST(PathReaderTest, ReadsValuesOfEveryType) {
  EXPECT_THAT(
      Read("a", {R"({"a":1})", R"({"a":-2.5})", R"({"a":"x"})", R"({"a":null})",
                 R"({"a":true})", R"({"a":false})", R"({"a":{"b": 1}})",
                 R"({"a":[1, 2]})", R"({"b":1})", "{}"}),
      ElementsAre("1", "double -2.500000", "'x'", "null", "true", "false",
                  "{\"b\": 1}", "[1, 2]", "missing", "missing"));
}

TEST(PathReaderTest, IgnoresWhitespaceAroundValues) {
  EXPECT_THAT(Read("a", {" { \"a\" : 12 , \"b\" : 1 } ", "{\"a\" : \"x\" }",
                         "{\"a\":\ttrue\r}", "{\"a\" : [ ] }"}),
              ElementsAre("12", "'x'", "true", "[ ]"));
}

TEST(PathReaderTest, FollowsKeysAndIndexes) {
  const std::vector<std::string> texts = {
      R"({"x":{"a":[10,{"b":"deep"},30]},"a":0})", R"({"x":[1]})",
      R"({"x":{"a":[10]}})", R"({"x":{"a":{"1":{"b":2}}}})"};
  EXPECT_THAT(Read("x.a[1].b", texts),
              ElementsAre("'deep'", "missing", "missing", "missing"));
  EXPECT_THAT(Read("x.a[0]", texts),
              ElementsAre("10", "missing", "10", "missing"));
  EXPECT_THAT(Read("x[0]", texts),
              ElementsAre("missing", "1", "missing", "missing"));
}

TEST(PathReaderTest, ReadsTheWholeText) {
  EXPECT_THAT(Read("", {R"({"a":1} )", " 12 ", "\"s\"", "[ ]", "null"}),
              ElementsAre("{\"a\":1}", "12", "'s'", "[ ]", "null"));
}

TEST(PathReaderTest, ResolvesEscapesInValuesAndKeys) {
  EXPECT_THAT(Read("[\"a\\\"b\"]",
                   {R"({"a\"b":"x\ty"})", R"({"a\u0022b":1})", R"({"ab":1})"}),
              ElementsAre("'x\ty'", "1", "missing"));
}

TEST(PathReaderTest, ReadsKeysInAnyOrder) {
  EXPECT_THAT(Read("b", {R"({"a":1,"b":2,"c":3})", R"({"a":1,"b":2,"c":3})",
                         R"({"b":4,"a":1})", R"({"c":3,"a":1,"bb":9,"b":5})",
                         R"({"a":{"b":7},"b":6})", R"({"a":1,"c":2})"}),
              ElementsAre("2", "2", "4", "5", "6", "missing"));
}

TEST(PathReaderTest, FailsWhereAKeyThatIsReadStandsTwice) {
  EXPECT_THAT(
      Read("a.b", {R"({"a":{"b":1},"c":1,"c":2})", R"({"a":{"b":1,"b":2}})",
                   R"({"a":{"b":1},"a":2})", R"({"a":{"b":1},"\u0061":2})",
                   R"({"x":{"a":1,"a":2},"a":{"b":3}})"}),
      ElementsAre("1", "error", "error", "error", "3"));
}

TEST(PathReaderTest, FailsOnNumbersThatFitNoType) {
  EXPECT_THAT(Read("a", {R"({"a":9223372036854775807})",
                         R"({"a":9223372036854775808})", R"({"a":1e999})"}),
              ElementsAre("9223372036854775807", "error", "error"));
}

TEST(PathReaderTest, FailsOnTextsThatAreNotValid) {
  EXPECT_THAT(Read("a", {"{\"a\":1", "{\"a\":2}", ""}),
              ElementsAre("error", "2", "error"));
  EXPECT_THAT(Read("", {"[", "1"}), ElementsAre("error", "1"));
}

TEST(PathReaderTest, ReadsObjectsWithMoreMembersThanAreGuessed) {
  std::string text = "{";
  for (int i = 0; i < 1'000; ++i) {
    text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  }
  text += "\"last\":1}";
  EXPECT_THAT(Read("k999", {text, text}), ElementsAre("999", "999"));
}

TEST(PathReaderTest, ReadsOnlyTheRowsThatAreAskedFor) {
  const JsonRows rows({R"({"a":1})", R"({"a":2})", R"({"a":3})"});
  PathSet paths;
  paths.AddValue(*ParsePath("a"));
  PathReader reader(paths);
  TextArena arena;
  PathColumns columns;
  columns.Reset(paths, 3);
  reader.Read(rows.texts(), {1}, arena, columns);
  EXPECT_EQ(columns.values[0].tag(0), ValueTag::kMissing);
  EXPECT_EQ(columns.values[0].AsInt(1), 2);
}

// Where the members stand, as their own text.
class SpanTest : public ::testing::Test {
 protected:
  void Read(std::string_view path, const std::string& text) {
    rows_.emplace(std::vector<std::string>{"[]", text});
    PathSet paths;
    span_ = paths.AddSpan(*ParsePath(path));
    PathReader reader(paths);
    columns_.Reset(paths, 2);
    reader.Read(rows_->texts(), {1}, arena_, columns_);
  }

  SpanColumn::State state() const { return columns_.spans[span_].state(1); }
  const MemberSpan& span() const { return columns_.spans[span_].at(1); }
  std::string_view Text(ByteRange range) const {
    return range.In(rows_->rows[1].In(rows_->blob));
  }

  std::optional<JsonRows> rows_;
  PathColumns columns_;
  TextArena arena_;
  uint32_t span_ = 0;
};

TEST_F(SpanTest, SaysWhereAMemberStands) {
  Read("b", R"({"a":1 , "b" : [1] , "c":2})");
  ASSERT_EQ(state(), SpanColumn::State::kPresent);
  EXPECT_EQ(Text(span().key), "\"b\"");
  EXPECT_EQ(Text(span().value), "[1]");
  EXPECT_EQ(span().comma_before, 7u);
  EXPECT_EQ(span().comma_after, 19u);
}

TEST_F(SpanTest, HasNoCommasAroundTheOnlyMember) {
  Read("x.a", R"({"x":{"a":"v" }})");
  EXPECT_EQ(Text(span().value), "\"v\"");
  EXPECT_EQ(span().comma_before, 0u);
  EXPECT_EQ(span().comma_after, 0u);
}

TEST_F(SpanTest, SaysWhereTheWholeTextStands) {
  Read("", " {} ");
  EXPECT_EQ(Text(span().value), "{}");
}

TEST_F(SpanTest, SaysThatAMemberIsMissingOrThereTwice) {
  Read("a", R"({"b":1})");
  EXPECT_EQ(state(), SpanColumn::State::kMissing);
  Read("a", R"({"a":1,"b":1,"a":1})");
  EXPECT_EQ(state(), SpanColumn::State::kError);
}

}  // namespace
}  // namespace phoenix
