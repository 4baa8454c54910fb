#include "libs/sinks/stdout/pretty_row_encoder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;

std::string Indent(std::string_view json) {
  std::string out;
  AppendIndented(json, out);
  return out;
}

TEST(PrettyRowEncoderTest, ShowsAttributesThenThePayload) {
  PrettyRowEncoder encoder;
  EncodedRows rows;
  const BatchView view = AllOf(MakeBatch(std::vector<TestEvent>{
      {.payload = "{\"a\":1}", .type = "reading", .subject = "s"},
      {.payload = "2"}}));
  encoder.Encode(view, rows);
  EXPECT_THAT(rows.lines, ElementsAre("reading 0 /test s\n{\n  \"a\": 1\n}",
                                      "test 1 /test\n2"));
}

TEST(PrettyRowEncoderTest, IndentsJson) {
  EXPECT_EQ(Indent(R"({"a":[1,2],"b":{"c":{}},"d":[] })"),
            "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {\n    \"c\": {}\n"
            "  },\n  \"d\": []\n}");
}

TEST(PrettyRowEncoderTest, LeavesStringsAsTheyAre) {
  EXPECT_EQ(Indent(R"( [ "a, {b}: \" \\" , "c" ] )"),
            "[\n  \"a, {b}: \\\" \\\\\",\n  \"c\"\n]");
}

TEST(PrettyRowEncoderTest, LetsNoEventSpeakToTheTerminal) {
  EXPECT_EQ(Indent("\"\x1B[2J\""), "\"\\x1b[2J\"");
  EXPECT_EQ(Indent("\x1B"
                   "c\x7F"),
            "\\x1bc\\x7f");
}

TEST(PrettyRowEncoderTest, StaysLinearInDeepInput) {
  const std::string deep(10'000, '[');
  EXPECT_LT(Indent(deep).size(), deep.size() * 70);
  EXPECT_EQ(Indent("]]]]"), "\n]\n]\n]\n]");
}

}  // namespace
}  // namespace phoenix
