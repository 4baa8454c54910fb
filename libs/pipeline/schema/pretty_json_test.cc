#include "libs/pipeline/schema/pretty_json.h"

#include "gtest/gtest.h"

namespace phoenix {
namespace {

TEST(PrettyJsonTest, WritesMembersInTheirOrderTwoBlanksALevel) {
  PrettyJson json;
  json.BeginObject();
  json.Member("z", "text");
  json.Member("a", true);
  json.Key("list");
  json.BeginArray();
  json.Integer(1);
  json.Number(0.5);
  json.Null();
  json.EndArray();
  json.EndObject();
  EXPECT_EQ(std::move(json).Finish(), R"({
  "z": "text",
  "a": true,
  "list": [
    1,
    0.5,
    null
  ]
}
)");
}

TEST(PrettyJsonTest, ClosesEmptyOnesOnTheirLine) {
  PrettyJson json;
  json.BeginObject();
  json.Member("list", std::vector<std::string>{});
  json.Key("object");
  json.BeginObject();
  json.EndObject();
  json.EndObject();
  EXPECT_EQ(std::move(json).Finish(),
            "{\n  \"list\": [],\n  \"object\": {}\n}\n");
}

TEST(PrettyJsonTest, EscapesKeysAndTexts) {
  PrettyJson json;
  json.BeginObject();
  json.Member("a\"b", "c\nd");
  json.EndObject();
  EXPECT_EQ(std::move(json).Finish(), "{\n  \"a\\\"b\": \"c\\nd\"\n}\n");
}

}  // namespace
}  // namespace phoenix
