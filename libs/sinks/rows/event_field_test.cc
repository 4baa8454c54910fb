#include "libs/sinks/rows/event_field.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(EventFieldTest, KnowsAttributes) {
  const auto field = ParseEventField("subject");
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->kind, EventField::Kind::kAttribute);
  EXPECT_EQ(field->attribute, Attribute::kSubject);
  EXPECT_EQ(field->name, "subject");
}

TEST(EventFieldTest, KnowsExtensions) {
  const auto field = ParseEventField("ext.tenant9");
  ASSERT_TRUE(field.has_value());
  EXPECT_EQ(field->kind, EventField::Kind::kExtension);
  EXPECT_EQ(field->extension, "tenant9");
}

TEST(EventFieldTest, KnowsPathsIntoThePayload) {
  EXPECT_THAT(ParseEventField("data.a.b-c")->path, ElementsAre("a", "b-c"));
  EXPECT_THAT(ParseEventField("data")->path, IsEmpty());
}

TEST(EventFieldTest, RefusesEverythingElse) {
  for (const char* name : {"", "typ", "Type", "data.", "data..a", "data.a.",
                           "ext.", "ext.A", "ext.a-b", "datax", ".data"}) {
    EXPECT_FALSE(ParseEventField(name).has_value()) << name;
  }
}

TEST(EventFieldTest, RefusesAPathThatIsTooDeep) {
  std::string name = "data";
  for (size_t i = 0; i < EventField::kMaxPathLength; ++i) name += ".a";
  EXPECT_TRUE(ParseEventField(name).has_value());
  EXPECT_FALSE(ParseEventField(name + ".a").has_value());
}

}  // namespace
}  // namespace phoenix
