#include "libs/event/attribute_name.h"

#include <gtest/gtest.h>

namespace phoenix {
namespace {

TEST(AttributeNameTest, TakesLowerCaseLettersAndDigits) {
  for (const char* name : {"traceparent", "a", "7", "x9y"}) {
    EXPECT_TRUE(CheckExtensionName(name).ok()) << name;
  }
  EXPECT_EQ(CheckExtensionName("A"),
            absl::InvalidArgumentError("attribute name 'A' is not valid, "
                                       "expected lower-case letters and "
                                       "digits"));
}

TEST(AttributeNameTest, KeepsTheStandardsNames) {
  for (const char* name : {"id", "time", "dataschema", "specversion", "data"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckExtensionName(name))) << name;
  }
}

TEST(ContentTypeTest, KnowsJson) {
  for (const char* type : {"", "application/json", "APPLICATION/JSON",
                           "text/json", "application/json; charset=utf-8",
                           " application/cloudevents+json ;x"}) {
    EXPECT_TRUE(IsJsonContentType(type)) << type;
    EXPECT_TRUE(IsTextContentType(type)) << type;
  }
  for (const char* type : {"text/plain", "application/jsonl", "json"}) {
    EXPECT_FALSE(IsJsonContentType(type)) << type;
  }
}

TEST(ContentTypeTest, KnowsText) {
  for (const char* type :
       {"text/plain", "Text/csv;x", "application/xml", "image/svg+xml"}) {
    EXPECT_TRUE(IsTextContentType(type)) << type;
  }
  EXPECT_FALSE(IsTextContentType("application/octet-stream"));
}

}  // namespace
}  // namespace phoenix
