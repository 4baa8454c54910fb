#include "tools/phoenix/cli/arguments.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using testing::ElementsAre;

const ArgumentSpec kSpec = {
    {{"format", {"text", "json"}}, {"output", {}}}, 1, 2};

absl::StatusOr<Arguments> Parse(std::vector<std::string> words) {
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  return ParseArguments(args, kSpec);
}

std::string ErrorOf(const std::vector<std::string>& words) {
  return std::string(Parse(words).status().message());
}

TEST(ArgumentsTest, ReadsFlagsAmongOtherArguments) {
  const auto arguments = Parse({"a", "--format", "json", "--output=x=y", "b"});
  ASSERT_TRUE(arguments.ok()) << arguments.status();
  EXPECT_THAT(arguments->positional, ElementsAre("a", "b"));
  EXPECT_EQ(arguments->Flag("format"), "json");
  EXPECT_EQ(arguments->Flag("output"), "x=y");
}

TEST(ArgumentsTest, GivesTheFallbackForAFlagThatIsNotThere) {
  EXPECT_EQ(Parse({"a"})->Flag("format", "text"), "text");
}

TEST(ArgumentsTest, TakesFlagsForNamesBehindTwoDashes) {
  EXPECT_THAT(Parse({"--", "--format"})->positional, ElementsAre("--format"));
  EXPECT_THAT(Parse({"-"})->positional, ElementsAre("-"));
}

TEST(ArgumentsTest, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(ErrorOf({"a", "--formt", "json"}),
            "unknown flag '--formt': did you mean 'format'?");
  EXPECT_EQ(ErrorOf({"a", "--format", "jsn"}),
            "flag '--format' is 'jsn': expected 'text' or 'json': did you mean "
            "'json'?");
  EXPECT_EQ(ErrorOf({"a", "--output"}), "flag '--output' has no value");
}

TEST(ArgumentsTest, RefusesTooFewAndTooMany) {
  EXPECT_EQ(ErrorOf({}), "too few arguments: expected at least 1");
  EXPECT_EQ(ErrorOf({"a", "b", "c"}), "unexpected argument 'c'");
}

}  // namespace
}  // namespace phoenix
