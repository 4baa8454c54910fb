#include "libs/sinks/rows/ndjson_row_encoder.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/component/testing/test_batch.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EncodedRows Encode(const BatchView& view) {
  EncodedRows rows;
  NdjsonRowEncoder().Encode(view, rows);
  EXPECT_THAT(rows.errors, IsEmpty());
  return rows;
}

TEST(NdjsonRowEncoderTest, GivesPayloadsWhereTheyLie) {
  const BatchView view = AllOf(MakeBatch({std::string("{\"a\":1}")}));
  const EncodedRows rows = Encode(view);
  ASSERT_THAT(rows.lines, ElementsAre("{\"a\":1}"));
  EXPECT_EQ(rows.lines[0].data(), view.batch->payload(0).data());
}

TEST(NdjsonRowEncoderTest, PutsAPayloadOnOneLine) {
  const BatchView view = AllOf(MakeBatch(
      {std::string("[\n1,\r\n2]"), std::string("3"), std::string("{\n}")}));
  EXPECT_THAT(Encode(view).lines, ElementsAre("[ 1,  2]", "3", "{ }"));
}

TEST(NdjsonRowEncoderTest, EncodesOnlyTheRowsOfTheView) {
  BatchView view = AllOf(MakeBatch(std::vector<std::string>{"0", "1", "2"}));
  view.rows = {2};
  EXPECT_THAT(Encode(view).lines, ElementsAre("2"));
}

TEST(NdjsonRowEncoderTest, MakesJsonOfWhatIsNone) {
  const std::string bytes("\0\xFF", 2);
  const BatchView view = AllOf(MakeBatch(std::vector<TestEvent>{
      {.payload = "he said \"hi\"\n", .data_content_type = "text/plain"},
      {.payload = bytes, .kind = PayloadKind::kBinary},
      {.kind = PayloadKind::kNone},
      {.payload = "he\"llo", .kind = PayloadKind::kPlainText},
      {.payload = "{}", .data_content_type = "application/JSON; charset=utf-8"},
      {.payload = "{}", .data_content_type = "application/geo+json"}}));
  EXPECT_THAT(Encode(view).lines,
              ElementsAre("\"he said \\\"hi\\\"\\n\"", "\"AP8=\"", "null",
                          "\"he\\\"llo\"", "{}", "{}"));
}

TEST(NdjsonRowEncoderTest, ForgetsTheBatchBefore) {
  NdjsonRowEncoder encoder;
  EncodedRows rows;
  const BatchView first =
      AllOf(MakeBatch({std::string("[\n]"), std::string("[\n\n]")}));
  encoder.Encode(first, rows);
  const BatchView second = AllOf(MakeBatch({std::string("{\n}")}));
  encoder.Encode(second, rows);
  EXPECT_THAT(rows.lines, ElementsAre("{ }"));
}

}  // namespace
}  // namespace phoenix
