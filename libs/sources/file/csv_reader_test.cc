#include "libs/sources/file/csv_reader.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Texts(const CsvRecord& record) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < record.field_count; ++i) {
    texts.push_back(record.fields[i].text);
  }
  return texts;
}

// The fields of the one record that `input` is.
std::vector<std::string> Read(std::string_view input, bool ended = true) {
  CsvRecord record;
  EXPECT_EQ(ReadCsvRecord(input, ended, record), CsvResult::kRecord);
  EXPECT_TRUE(record.valid);
  EXPECT_EQ(record.size, input.size());
  return Texts(record);
}

TEST(CsvReaderTest, SplitsAtCommas) {
  EXPECT_THAT(Read("a,b,c\n"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Read("a,,\r\n"), ElementsAre("a", "", ""));
  EXPECT_THAT(Read("\n"), ElementsAre(""));
  EXPECT_THAT(Read("last"), ElementsAre("last"));
}

TEST(CsvReaderTest, TakesQuotedFieldsAsTheyAre) {
  EXPECT_THAT(Read("\"a,b\",\"c\"\"d\",\"e\nf\"\n"),
              ElementsAre("a,b", "c\"d", "e\nf"));
  EXPECT_THAT(Read("\"\",x\r\n"), ElementsAre("", "x"));
  EXPECT_THAT(Read("\"end\""), ElementsAre("end"));
}

TEST(CsvReaderTest, WaitsForTheEndOfARecord) {
  CsvRecord record;
  for (const char* input : {"", "a", "a,b", "\"a", "\"a\n", "\"a\"", "a,\"b\"",
                            "\"a\"\r", "\"a\"\""}) {
    EXPECT_EQ(ReadCsvRecord(input, false, record), CsvResult::kIncomplete)
        << input;
  }
}

TEST(CsvReaderTest, ReadsOneRecordAtATime) {
  CsvRecord record;
  ASSERT_EQ(ReadCsvRecord("a,b\nc,d\n", false, record), CsvResult::kRecord);
  EXPECT_EQ(record.size, 4u);
  EXPECT_THAT(Texts(record), ElementsAre("a", "b"));
}

TEST(CsvReaderTest, RefusesWrongQuotesAndGoesOnAtTheNextLine) {
  CsvRecord record;
  ASSERT_EQ(ReadCsvRecord("\"a\"b,c\nd\n", false, record), CsvResult::kRecord);
  EXPECT_FALSE(record.valid);
  EXPECT_EQ(record.size, 7u);
  ASSERT_EQ(ReadCsvRecord("\"never closed", true, record), CsvResult::kRecord);
  EXPECT_FALSE(record.valid);
}

std::string Object(const std::vector<std::string>& names,
                   std::string_view row) {
  CsvRecord record;
  ReadCsvRecord(row, true, record);
  std::string out;
  AppendCsvObject(names, record, out);
  return out;
}

TEST(CsvObjectTest, KeepsNumbersAndLiterals) {
  EXPECT_EQ(Object({"\"a\"", "\"b\"", "\"c\"", "\"d\""},
                   "-1.5e+3,true,0,99999999999999999999\n"),
            "{\"a\":-1.5e+3,\"b\":true,\"c\":0,\"d\":99999999999999999999}");
}

TEST(CsvObjectTest, MakesAllElseStrings) {
  EXPECT_EQ(Object({"\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\""},
                   "007,1.,.5,NaN,+1\n"),
            "{\"a\":\"007\",\"b\":\"1.\",\"c\":\".5\",\"d\":\"NaN\","
            "\"e\":\"+1\"}");
}

TEST(CsvObjectTest, TellsQuotedTextFromNumbersAndNulls) {
  EXPECT_EQ(Object({"\"a\"", "\"b\"", "\"c\""}, "\"1\",\"\",\n"),
            "{\"a\":\"1\",\"b\":\"\",\"c\":null}");
}

}  // namespace
}  // namespace phoenix
