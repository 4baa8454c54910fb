#include "libs/pipeline/scalar_alignment.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/yaml_document.h"

namespace phoenix {
namespace {

// The position in `file` of the first `what` in the value of the key `k`.
std::string PlaceOf(const std::string& file, const std::string& what) {
  Diagnostics diagnostics("f");
  const auto document = YamlDocument::Parse(
      file, [](const std::string&) { return "value"; }, diagnostics);
  EXPECT_EQ(diagnostics.ToString(), "");
  if (document == nullptr) return "";
  const YamlNode* node = document->root().Find("k");
  const size_t offset = node->text().find(what);
  EXPECT_NE(offset, std::string::npos) << node->text();
  const SourcePosition at = document->PositionIn(*node, offset);
  return std::to_string(at.line) + ":" + std::to_string(at.column);
}

TEST(ScalarAlignmentTest, FindsBytesOfPlainScalars) {
  EXPECT_EQ(PlaceOf("k: a.b > X\n", "X"), "1:10");
  EXPECT_EQ(PlaceOf("k: a &&\n   X\n", "X"), "2:4");
  EXPECT_EQ(PlaceOf("k: a\n\n\n  b  X\n", "X"), "4:6");
  EXPECT_EQ(PlaceOf("k: &anchor a X\n", "X"), "1:14");
}

TEST(ScalarAlignmentTest, FindsBytesOfQuotedScalars) {
  EXPECT_EQ(PlaceOf("k: 'it''s X'\n", "X"), "1:11");
  EXPECT_EQ(PlaceOf("k: 'X'\n", "X"), "1:5");
  EXPECT_EQ(PlaceOf("k: \"a\\\"\\n\\u00e4\\x41X\"\n", "X"), "1:20");
  EXPECT_EQ(PlaceOf("k: \"a\\\n   X\"\n", "X"), "2:4");
  EXPECT_EQ(PlaceOf("k: \"a\n\n  X\"\n", "X"), "3:3");
}

TEST(ScalarAlignmentTest, FindsBytesOfBlockScalars) {
  EXPECT_EQ(PlaceOf("k: |\n  a &&\n    b &&\n  X\n", "X"), "4:3");
  EXPECT_EQ(PlaceOf("k: >-\n  a &&\n  b && X\n", "X"), "3:8");
  EXPECT_EQ(PlaceOf("k: |2-\n    a X\n", "X"), "2:7");
  EXPECT_EQ(PlaceOf("k: |\n\n\n  X\n", "X"), "4:3");
}

TEST(ScalarAlignmentTest, CountsColumnsInCharacters) {
  EXPECT_EQ(PlaceOf("k: 'äöü X'\n", "X"), "1:9");
}

TEST(ScalarAlignmentTest, FindsBytesBehindVariables) {
  EXPECT_EQ(PlaceOf("k: a ${V} X\n", "X"), "1:11");
  EXPECT_EQ(PlaceOf("k: 'a''${V} X'\n", "X"), "1:13");
  EXPECT_EQ(PlaceOf("k: a ${V} X\n", "value"), "1:6");
  EXPECT_EQ(PlaceOf("k: a ${V} X\n", "lue"), "1:6");
}

TEST(ScalarAlignmentTest, PlacesTheEndBehindTheLastCharacter) {
  const std::string file = "k: abc   # comment";
  EXPECT_EQ(AlignScalarOffset(file, 3, "abc", 3), 6u);
}

TEST(ScalarAlignmentTest, StaysWithinAFileThatDoesNotFit) {
  EXPECT_LE(AlignScalarOffset("k: \"\\u", 3, "abc", 2), 6u);
  EXPECT_LE(AlignScalarOffset("", 7, "abc", 2), 0u);
}

}  // namespace
}  // namespace phoenix
