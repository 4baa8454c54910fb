#include "libs/pipeline/schema/json_schema.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/schema/test_descriptors.h"
#include "libs/pipeline/testing/test_kinds.h"
#include "simdjson.h"

namespace phoenix {
namespace {

using simdjson::dom::element;

class JsonSchemaTest : public testing::Test {
 protected:
  JsonSchemaTest() {
    const auto docs = ConfigDocs::Parse(TestDescriptors()[0].bytes);
    text_ = PipelineJsonSchema(TestKinds(), **docs);
    EXPECT_EQ(parser_.parse(text_).get(root_), simdjson::SUCCESS) << text_;
  }

  // The text of the value at a JSON pointer; empty when there is none.
  std::string At(const std::string& pointer) {
    element found;
    if (root_.at_pointer(pointer).get(found) != simdjson::SUCCESS) return "";
    return simdjson::minify(found);
  }

  static std::string Door(const std::string& pointer) {
    return "/$defs/phoenix.pipeline.testing.v1.Door" + pointer;
  }

  std::string text_;
  simdjson::dom::parser parser_;
  element root_;
};

TEST_F(JsonSchemaTest, SaysWhichDraftItIs) {
  EXPECT_EQ(At("/$schema"),
            R"("https://json-schema.org/draft/2020-12/schema")");
  EXPECT_EQ(At("/required"), R"(["name","sources","sinks"])");
  EXPECT_EQ(At("/additionalProperties"), "false");
}

TEST_F(JsonSchemaTest, OffersEveryKindWhereItMayStandAndOneOfThem) {
  const std::string items = "/properties/sinks/items";
  EXPECT_EQ(At(items + "/properties/file/$ref"),
            R"("#/$defs/phoenix.pipeline.testing.v1.File")");
  EXPECT_EQ(At(items + "/properties/door"), "");
  EXPECT_EQ(At(items + "/oneOf"),
            R"([{"required":["dead_letter_table"]},{"required":["file"]},)"
            R"({"required":["nowhere"]}])");
  EXPECT_EQ(At(items + "/required"), R"(["name"])");
}

TEST_F(JsonSchemaTest, CarriesCommentsDefaultsAndBounds) {
  EXPECT_EQ(At(Door("/description")),
            R"("A source with a field of every scalar type.")");
  EXPECT_EQ(At(Door("/properties/port/description")),
            R"("The port to listen at.")");
  EXPECT_EQ(At(Door("/properties/port/anyOf/0")),
            R"({"type":"integer","minimum":1,"maximum":65535})");
  EXPECT_EQ(At(Door("/properties/format/default")), R"("ndjson")");
  EXPECT_EQ(At(Door("/properties/format/anyOf/0/enum")), R"(["ndjson","csv"])");
  EXPECT_EQ(At(Door("/required")), R"(["port"])");
}

TEST_F(JsonSchemaTest, TakesAVariableForAnyNumber) {
  EXPECT_EQ(At(Door("/properties/port/anyOf/1")),
            R"({"type":"string","anyOf":[{"pattern":"\\$\\{"}]})");
}

TEST_F(JsonSchemaTest, TakesShorthandAndNothingWhereTheLoaderDoes) {
  EXPECT_THAT(At("/$defs/phoenix.pipeline.testing.v1.Keep/anyOf/1/type"),
              testing::HasSubstr("string"));
  EXPECT_EQ(At("/$defs/phoenix.pipeline.testing.v1.Nowhere/anyOf/1/type"),
            R"("null")");
}

// Every `$ref` of the schema below `value`.
void CollectReferences(const element& value, std::set<std::string>& found) {
  simdjson::dom::array items;
  simdjson::dom::object members;
  if (value.get(items) == simdjson::SUCCESS) {
    for (element item : items) CollectReferences(item, found);
  } else if (value.get(members) == simdjson::SUCCESS) {
    for (auto member : members) {
      std::string_view text;
      if (member.key == "$ref" && member.value.get(text) == simdjson::SUCCESS) {
        found.insert(std::string(text));
      }
      CollectReferences(member.value, found);
    }
  }
}

TEST_F(JsonSchemaTest, DefinesWhatItRefersTo) {
  std::set<std::string> references;
  CollectReferences(root_, references);
  EXPECT_GE(references.size(), 6u);
  for (const std::string& reference : references) {
    EXPECT_NE(At(reference.substr(1)), "") << reference;
  }
}

}  // namespace
}  // namespace phoenix
