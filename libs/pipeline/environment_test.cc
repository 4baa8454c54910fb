#include "libs/pipeline/environment.h"

#include <cstdlib>
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

std::optional<std::string> Lookup(const std::string& name) {
  if (name == "HOST") return "example.com";
  if (name == "EMPTY") return "";
  if (name == "NESTED") return "${HOST}";
  return std::nullopt;
}

std::string Put(const char* text) {
  const SubstitutedText result = SubstituteVariables(text, Lookup);
  EXPECT_TRUE(result.errors.empty());
  return result.text;
}

TEST(SubstituteVariablesTest, PutsInValuesAndDefaults) {
  EXPECT_EQ(Put("http://${HOST}:80/"), "http://example.com:80/");
  EXPECT_EQ(Put("${HOST}${HOST}"), "example.comexample.com");
  EXPECT_EQ(Put("${PORT:-80}"), "80");
  EXPECT_EQ(Put("${HOST:-other}"), "example.com");
  EXPECT_EQ(Put("${PORT:-}"), "");
  EXPECT_EQ(Put("${PORT:-a:-b}"), "a:-b");
}

TEST(SubstituteVariablesTest, TakesAnEmptyValueForUnsetOnlyIfThereIsADefault) {
  EXPECT_EQ(Put("[${EMPTY}]"), "[]");
  EXPECT_EQ(Put("[${EMPTY:-x}]"), "[x]");
}

TEST(SubstituteVariablesTest, LeavesAloneWhatIsNoVariable) {
  EXPECT_EQ(Put("costs 5$"), "costs 5$");
  EXPECT_EQ(Put("$HOST {HOST}"), "$HOST {HOST}");
  EXPECT_EQ(Put("$${HOST}"), "${HOST}");
}

TEST(SubstituteVariablesTest, DoesNotLookIntoValues) {
  EXPECT_EQ(Put("${NESTED}"), "${HOST}");
}

TEST(SubstituteVariablesTest, SaysWhereAVariableIsMissing) {
  const SubstitutedText result = SubstituteVariables("a${B}c${D}", Lookup);
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_EQ(result.errors[0].offset, 1u);
  EXPECT_EQ(result.errors[0].message,
            "variable 'B' is not set: expected it in the environment, or a "
            "default as in '${B:-default}'");
  EXPECT_EQ(result.errors[1].offset, 6u);
}

TEST(SubstituteVariablesTest, RefusesWhatNamesNoVariable) {
  for (const char* text : {"${}", "${1A}", "${A B}", "${A-b}", "${:-x}"}) {
    const SubstitutedText result = SubstituteVariables(text, Lookup);
    ASSERT_EQ(result.errors.size(), 1u) << text;
    EXPECT_THAT(result.errors[0].message, testing::HasSubstr("names no"));
  }
  EXPECT_EQ(SubstituteVariables("x${HOST", Lookup).errors.size(), 1u);
}

TEST(SubstituteVariablesTest, KnowsWhereEachByteWasWritten) {
  const SubstitutedText result = SubstituteVariables("ab${HOST}cd$${", Lookup);
  ASSERT_EQ(result.text, "abexample.comcd${");
  EXPECT_EQ(result.WrittenOffset(1), 1u);
  EXPECT_EQ(result.WrittenOffset(2), 2u) << "the value's first byte";
  EXPECT_EQ(result.WrittenOffset(12), 2u) << "its last";
  EXPECT_EQ(result.WrittenOffset(13), 9u) << "the byte behind it";
  EXPECT_EQ(result.WrittenOffset(17), 14u) << "the end";
}

TEST(ProcessEnvironmentTest, TellsUnsetFromEmpty) {
  setenv("PHOENIX_TEST_EMPTY", "", 1);
  unsetenv("PHOENIX_TEST_UNSET");
  EXPECT_EQ(ProcessEnvironment()("PHOENIX_TEST_EMPTY"), "");
  EXPECT_EQ(ProcessEnvironment()("PHOENIX_TEST_UNSET"), std::nullopt);
}

}  // namespace
}  // namespace phoenix
