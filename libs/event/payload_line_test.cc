#include "libs/event/payload_line.h"

#include <gtest/gtest.h>

#include <string>

#include "libs/event/batch_builder.h"

namespace phoenix {
namespace {

std::string LineOf(std::string_view payload, PayloadKind kind) {
  BatchBuilder builder({"id", "/s", "t", ""});
  EventFields event;
  event.payload = payload;
  event.kind = kind;
  EXPECT_TRUE(builder.AddEvent(event).ok());
  std::string out = "before|";
  AppendPayloadLine(*builder.Build(0), 0, out);
  return out;
}

TEST(PayloadLineTest, WritesTextAsItIs) {
  EXPECT_EQ(LineOf("{\"a\":1}", PayloadKind::kText), "before|{\"a\":1}\n");
  EXPECT_EQ(LineOf("", PayloadKind::kText), "before|\n");
}

TEST(PayloadLineTest, KeepsAnEventOnOneLine) {
  EXPECT_EQ(LineOf("{\n\"a\":\r\n1}", PayloadKind::kText),
            "before|{ \"a\":  1}\n");
}

TEST(PayloadLineTest, WritesPlainTextAsAJsonString) {
  EXPECT_EQ(LineOf("a \"b\"\n", PayloadKind::kPlainText),
            "before|\"a \\\"b\\\"\\n\"\n");
}

TEST(PayloadLineTest, WritesBytesAndNothingAsJson) {
  EXPECT_EQ(LineOf(std::string_view("\0\xFF", 2), PayloadKind::kBinary),
            "before|\"AP8=\"\n");
  EXPECT_EQ(LineOf("x", PayloadKind::kProto), "before|\"eA==\"\n");
  EXPECT_EQ(LineOf("", PayloadKind::kNone), "before|null\n");
}

}  // namespace
}  // namespace phoenix
