#include "libs/sinks/postgres/copy_encoder.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/text.h"
#include "libs/component/testing/test_batch.h"
#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Column Of(std::string_view field, ColumnType type) {
  return {.name = "c", .type = type, .field = ParseEventField(field)};
}

// A tuple's values as bytes; "<null>" for null.
std::vector<std::string> ValuesOf(std::string_view tuple) {
  const auto number = [&](size_t bytes) {
    int64_t value = static_cast<int8_t>(tuple[0]);
    for (size_t i = 1; i < bytes; ++i) {
      value = value << 8 | static_cast<uint8_t>(tuple[i]);
    }
    tuple.remove_prefix(bytes);
    return value;
  };
  std::vector<std::string> values(static_cast<size_t>(number(2)));
  for (std::string& value : values) {
    const int64_t length = number(4);
    value = length < 0 ? "<null>" : std::string(tuple.substr(0, length));
    if (length > 0) tuple.remove_prefix(length);
  }
  EXPECT_EQ(tuple, "");
  return values;
}

class CopyEncoderTest : public testing::Test {
 protected:
  // The values of each row that has no error.
  std::vector<std::vector<std::string>> Encode(
      const std::vector<Column>& columns, const BatchView& view,
      std::vector<size_t> key = {}) {
    CopyEncoder encoder(columns, std::move(key));
    std::string out;
    std::vector<size_t> ends;
    errors_.clear();
    encoder.Encode(view, out, ends, errors_);
    EXPECT_THAT(ends, SizeIs(view.rows.size()));
    std::vector<std::vector<std::string>> rows;
    size_t begin = 0;
    for (size_t end : ends) {
      const std::string_view tuple =
          std::string_view(out).substr(begin, end - begin);
      if (!tuple.empty()) rows.push_back(ValuesOf(tuple));
      begin = end;
    }
    EXPECT_EQ(begin, out.size());
    return rows;
  }

  // One column of one event.
  std::string EncodeOne(const Column& column, const TestEvent& event) {
    const auto rows = Encode({column}, AllOf(MakeBatch({event})));
    if (rows.size() != 1) return "<error>";
    return rows[0][0];
  }

  std::string Error() {
    return errors_.empty() ? "" : std::string(errors_[0].status.message());
  }

  std::vector<CopyEncoder::RowError> errors_;
};

TEST_F(CopyEncoderTest, WritesAttributesAndPathsInTheOrderOfColumns) {
  const auto rows = Encode(
      {Of("data.b.c", ColumnType::kText), Of("id", ColumnType::kText),
       Of("subject", ColumnType::kText), Of("ext.none", ColumnType::kText)},
      AllOf(MakeBatch({TestEvent{.payload = R"({"a":1,"b":{"c":"x\ny"}})"},
                       TestEvent{.payload = "{}", .subject = "s"}})));
  EXPECT_THAT(rows, ElementsAre(ElementsAre("x\ny", "0", "<null>", "<null>"),
                                ElementsAre("<null>", "1", "s", "<null>")));
}

TEST_F(CopyEncoderTest, WritesOnlyTheRowsOfTheView) {
  BatchView view = AllOf(MakeBatch({"{\"n\":1}", "{\"n\":2}", "{\"n\":3}"}));
  view.rows = {0, 2};
  EXPECT_THAT(Encode({Of("data.n", ColumnType::kText)}, view),
              ElementsAre(ElementsAre("1"), ElementsAre("3")));
}

TEST_F(CopyEncoderTest, TakesNumbersThatAreWrittenAsText) {
  EXPECT_EQ(EncodeOne(Of("data.n", ColumnType::kInteger),
                      {.payload = "{\"n\":\"65\"}"}),
            std::string("\0\0\0\x41", 4));
}

TEST_F(CopyEncoderTest, KeepsJsonAsItIsInJsonb) {
  const Column column = Of("data.v", ColumnType::kJsonb);
  EXPECT_EQ(EncodeOne(column, {.payload = R"({"v":"a\u0041"})"}),
            "\x01\"a\\u0041\"");
  EXPECT_EQ(EncodeOne(column, {.payload = R"({"v":[1, {}]})"}), "\x01[1, {}]");
  EXPECT_EQ(EncodeOne(column, {.payload = R"({"v":null})"}), "<null>");
}

TEST_F(CopyEncoderTest, QuotesTextForJsonb) {
  EXPECT_EQ(EncodeOne(Of("subject", ColumnType::kJsonb),
                      {.payload = "{}", .subject = "a\"b"}),
            "\x01\"a\\\"b\"");
  const Column data = Of("data", ColumnType::kJsonb);
  EXPECT_EQ(
      EncodeOne(data, {.payload = "a,b", .data_content_type = "text/csv"}),
      "\x01\"a,b\"");
  EXPECT_EQ(EncodeOne(data, {.payload = "\xFF", .kind = PayloadKind::kBinary}),
            "\x01\"/w==\"");
  EXPECT_EQ(
      EncodeOne(data, {.payload = "a b", .kind = PayloadKind::kPlainText}),
      "\x01\"a b\"");
  EXPECT_EQ(EncodeOne(data, {.payload = "{\"a\":1}"}), "\x01{\"a\":1}");
  EXPECT_EQ(EncodeOne(data, {.kind = PayloadKind::kNone}), "<null>");
}

TEST_F(CopyEncoderTest, WritesAWholePayloadAsItCame) {
  const TestEvent event{.payload = "\xFF\x01", .kind = PayloadKind::kBinary};
  EXPECT_EQ(EncodeOne(Of("data", ColumnType::kBytea), event), "\xFF\x01");
  EXPECT_EQ(EncodeOne(Of("data", ColumnType::kText), event), "<error>");
  EXPECT_THAT(Error(), HasSubstr("is no 'text'"));
}

TEST_F(CopyEncoderTest, GathersAllExtensionsInAnObject) {
  BatchBuilder builder({.source = "/s", .type = "t"});
  EventFields fields;
  fields[Attribute::kId] = "1";
  fields.extensions = {{.name = "tenant", .value = "a"},
                       {.name = "zone", .value = "b\"c"}};
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  fields.extensions.clear();
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  EXPECT_THAT(Encode({{.name = "extensions", .type = ColumnType::kJsonb}},
                     AllOf(builder.Build(0))),
              ElementsAre(ElementsAre("\x01{\"tenant\":\"a\",\"zone\":"
                                      "\"b\\\"c\"}"),
                          ElementsAre("<null>")));
}

TEST_F(CopyEncoderTest, RejectsOnlyTheRowThatCannotBeConverted) {
  const auto rows =
      Encode({Of("data.n", ColumnType::kBigint)},
             AllOf(MakeBatch({"{\"n\":1}", "{\"n\":\"many\"}", "{\"n\":3}"})));
  EXPECT_THAT(rows, SizeIs(2));
  ASSERT_THAT(errors_, SizeIs(1));
  EXPECT_EQ(errors_[0].index, 1u);
  EXPECT_EQ(errors_[0].status,
            absl::InvalidArgumentError(
                "column 'c': \"many\" is no 'bigint', expected a whole number "
                "of 64 bits"));
}

TEST_F(CopyEncoderTest, CutsALongValueInItsError) {
  EncodeOne(Of("data.n", ColumnType::kBigint),
            {.payload = Cat("{\"n\":\"", std::string(1000, 'x'), "\"}")});
  EXPECT_THAT(Error(), HasSubstr("xxx...\" is no"));
  EXPECT_LT(Error().size(), 200u);
}

TEST_F(CopyEncoderTest, RejectsWhatIsNoJsonWhereAPathIsAsked) {
  EXPECT_EQ(
      EncodeOne(Of("data.n", ColumnType::kText), {.payload = "{\"n\" 1}"}),
      "<error>");
  EXPECT_THAT(Error(), HasSubstr("column 'c': payload is not JSON at byte 5"));
  EXPECT_EQ(EncodeOne(Of("data.n", ColumnType::kText), {.payload = ""}),
            "<null>");
}

TEST_F(CopyEncoderTest, RejectsAKeyThatIsThereTwice) {
  EXPECT_EQ(EncodeOne(Of("data.n", ColumnType::kText),
                      {.payload = R"({"n":1,"n":2})"}),
            "<error>");
  EXPECT_THAT(Error(), HasSubstr("twice"));
}

TEST_F(CopyEncoderTest, RejectsARowWithoutItsKey) {
  const auto rows =
      Encode({Of("data.k", ColumnType::kText)},
             AllOf(MakeBatch({std::string("{\"k\":1}"), "{}"})), {0});
  EXPECT_THAT(rows, SizeIs(1));
  EXPECT_THAT(Error(), HasSubstr("part of the key"));
}

TEST_F(CopyEncoderTest, IsReusedForBatchesWithOtherColumns) {
  CopyEncoder encoder({Of("ext.tenant", ColumnType::kText)}, {});
  BatchBuilder builder({.source = "/s", .type = "t"});
  EventFields fields;
  fields[Attribute::kId] = "1";
  fields.extensions = {{.name = "tenant", .value = "a"}};
  ASSERT_TRUE(builder.AddEvent(fields).ok());
  for (const auto& [batch, expected] :
       {std::pair(builder.Build(0), "a"),
        std::pair(MakeBatch({std::string("{}")}), "<null>")}) {
    std::string out;
    std::vector<size_t> ends;
    encoder.Encode(AllOf(batch), out, ends, errors_);
    EXPECT_THAT(ValuesOf(out), ElementsAre(expected));
  }
  EXPECT_THAT(errors_, IsEmpty());
}

}  // namespace
}  // namespace phoenix
