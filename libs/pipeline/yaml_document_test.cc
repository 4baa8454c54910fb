#include "libs/pipeline/yaml_document.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/pipeline/yaml_json.h"

namespace phoenix {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class YamlDocumentTest : public testing::Test {
 protected:
  std::shared_ptr<const YamlDocument> Parse(const std::string& text) {
    diagnostics_ = Diagnostics("f");
    return YamlDocument::Parse(text, ProcessEnvironment(), diagnostics_);
  }

  std::string ErrorsOf(const std::string& text) {
    EXPECT_EQ(Parse(text), nullptr);
    return diagnostics_.ToString();
  }

  std::string JsonOf(const std::string& text) {
    const auto document = Parse(text);
    EXPECT_EQ(diagnostics_.ToString(), "");
    return document == nullptr ? "" : ToJson(document->root());
  }

  Diagnostics diagnostics_{"f"};
};

TEST_F(YamlDocumentTest, ReadsScalarsListsAndMappings) {
  EXPECT_EQ(JsonOf("a: 1\nb: [x, 'y', \"z\"]\nc: {d: ~, e: true}\n"),
            R"({"a":1,"b":["x","y","z"],"c":{"d":null,"e":true}})");
}

TEST_F(YamlDocumentTest, TellsQuotedFromPlainScalars) {
  EXPECT_EQ(JsonOf("['1', 1, 'true', true, 'null', .5, 01, 1e2]"),
            R"(["1",1,"true",true,"null",".5","01",1e2])");
}

TEST_F(YamlDocumentTest, EscapesJson) {
  EXPECT_EQ(JsonOf("\"a\\\"b\\\\c\\nd\\te\""), R"("a\"b\\c\nd\te")");
}

TEST_F(YamlDocumentTest, WritesAliasesOut) {
  EXPECT_EQ(JsonOf("a: &x {b: 1}\nc: [*x, *x]\n"),
            R"({"a":{"b":1},"c":[{"b":1},{"b":1}]})");
}

TEST_F(YamlDocumentTest, IgnoresAByteOrderMark) {
  EXPECT_EQ(JsonOf("\xEF\xBB\xBF[1]"), "[1]");
}

TEST_F(YamlDocumentTest, RefusesWhatIsNoDocument) {
  EXPECT_EQ(ErrorsOf(""), "f:1:1: file is empty: expected a pipeline\n");
  EXPECT_EQ(ErrorsOf("# only a comment\n"),
            "f:1:1: file is empty: expected a pipeline\n");
  EXPECT_THAT(ErrorsOf("a: 1\n---\nb: 2\n"), HasSubstr("several documents"));
  EXPECT_THAT(ErrorsOf("a: [1, 2\nb: 3\n"), HasSubstr("f:2:2: not valid YAML"));
  EXPECT_THAT(ErrorsOf("a: b: c\n"), HasSubstr("f:1:5: not valid YAML"));
  EXPECT_THAT(ErrorsOf("a: {b: ${C}, d: 0}\n"),
              AllOf(HasSubstr("f:1:"), HasSubstr("written in quotes")));
  EXPECT_THAT(ErrorsOf("a: {b: \"${C}\", d: 0\n"),
              Not(HasSubstr("written in quotes")));
}

TEST_F(YamlDocumentTest, RefusesBytesThatAreNoText) {
  EXPECT_THAT(ErrorsOf("a: \xFF\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(ErrorsOf(std::string("a: 1\nb\0: 2\n", 11)),
              HasSubstr("f:2:2: control character"));
  EXPECT_THAT(ErrorsOf("a: \x04\n"), HasSubstr("f:1:4: control character"));
}

TEST_F(YamlDocumentTest, RefusesTagsAndKeysThatAreNoNames) {
  EXPECT_THAT(ErrorsOf("a: !!int 1\n"), HasSubstr("is not supported"));
  EXPECT_THAT(ErrorsOf("? [a]\n: 1\n"), HasSubstr("key is a list"));
}

TEST_F(YamlDocumentTest, RefusesAnAliasWithinItsAnchor) {
  EXPECT_THAT(ErrorsOf("a: &x [*x]\n"), HasSubstr("within what it names"));
}

TEST_F(YamlDocumentTest, TakesWhatIsAsDeepAsTheBoundAndNoDeeper) {
  auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']');
  };
  EXPECT_NE(Parse(nested(YamlDocument::kMaxDepth)), nullptr);
  EXPECT_THAT(ErrorsOf(nested(YamlDocument::kMaxDepth + 1)),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(ErrorsOf(nested(10'000)), HasSubstr("f:1:"));
}

TEST_F(YamlDocumentTest, RefusesAliasesThatMultiply) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += ", " + last;
    bomb += "]\n";
  }
  EXPECT_THAT(ErrorsOf(bomb), HasSubstr("too many values once aliases"));
}

TEST_F(YamlDocumentTest, RefusesMoreAnchorsThanTheBound) {
  std::string text;
  for (int i = 0; i <= YamlDocument::kMaxAnchors; ++i) {
    text += "- &a" + std::to_string(i) + " x\n";
  }
  EXPECT_THAT(ErrorsOf(text), HasSubstr("too many anchors"));
}

TEST_F(YamlDocumentTest, RefusesAFileOverTheBound) {
  const std::string padding(YamlDocument::kMaxBytes - 4, ' ');
  EXPECT_NE(Parse("a: 1" + padding), nullptr);
  EXPECT_THAT(ErrorsOf("a: 1 " + padding), HasSubstr("expected at most"));
}

}  // namespace
}  // namespace phoenix
