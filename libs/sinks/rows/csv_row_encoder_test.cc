#include "libs/sinks/rows/csv_row_encoder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<EventField> Columns(const std::vector<std::string>& names) {
  std::vector<EventField> columns;
  for (const std::string& name : names) {
    columns.push_back(ParseEventField(name).value());
  }
  return columns;
}

std::string Csv(std::string_view value) {
  std::string out;
  AppendCsvValue(value, out);
  return out;
}

// The lines of payloads; copied, for they lie in the rows.
std::vector<std::string> Encode(const std::vector<std::string>& columns,
                                const std::vector<std::string>& payloads) {
  CsvRowEncoder encoder(Columns(columns));
  EncodedRows rows;
  const BatchView view = AllOf(MakeBatch(payloads));
  encoder.Encode(view, rows);
  return {rows.lines.begin(), rows.lines.end()};
}

TEST(CsvRowEncoderTest, QuotesAsTheRfcDemands) {
  EXPECT_EQ(Csv("plain"), "plain");
  EXPECT_EQ(Csv(" spaces stay "), " spaces stay ");
  EXPECT_EQ(Csv("a,b"), "\"a,b\"");
  EXPECT_EQ(Csv("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(Csv("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(Csv("cr\r"), "\"cr\r\"");
  EXPECT_EQ(Csv(""), "\"\"");
}

TEST(CsvRowEncoderTest, NamesItsColumns) {
  EXPECT_EQ(CsvRowEncoder(Columns({"id", "data.a", "data.b,c"})).header(),
            "id,data.a,\"data.b,c\"");
}

TEST(CsvRowEncoderTest, WritesValuesAsTheyWere) {
  EXPECT_THAT(Encode({"id", "data.n", "data.t", "data.b"},
                     {R"({"n":1.50,"t":"x\ty","b":true})",
                      R"({"b":false,"n":123456789012345678901234567890})"}),
              ElementsAre("0,1.50,x\ty,true",
                          "1,123456789012345678901234567890,,false"));
}

TEST(CsvRowEncoderTest, TellsNothingFromAnEmptyText) {
  EXPECT_THAT(Encode({"data.a", "data.b", "data.c"}, {R"({"a":"","b":null})"}),
              ElementsAre("\"\",,"));
}

TEST(CsvRowEncoderTest, NeverWritesAnEmptyLine) {
  EXPECT_THAT(Encode({"data.a"}, {"{}", R"({"a":null})"}),
              ElementsAre("\"\"", "\"\""));
}

TEST(CsvRowEncoderTest, WritesNestedValuesAsJson) {
  EXPECT_THAT(
      Encode({"data.a", "data.o.b"}, {R"({"a":[1,"x"],"o":{"b":{"c":2}}})"}),
      ElementsAre("\"[1,\"\"x\"\"]\",\"{\"\"c\"\":2}\""));
}

TEST(CsvRowEncoderTest, ReportsTheRowThatIsNoJson) {
  CsvRowEncoder encoder(Columns({"data.a"}));
  EncodedRows rows;
  const BatchView view = AllOf(MakeBatch(
      std::vector<std::string>{R"({"a":1})", R"({"a":)", R"({"a":3})"}));
  encoder.Encode(view, rows);
  EXPECT_THAT(rows.lines, ElementsAre("1", "", "3"));
  ASSERT_EQ(rows.errors.size(), 1u);
  EXPECT_EQ(rows.errors[0].index, 1u);
}

}  // namespace
}  // namespace phoenix
