#include "libs/sinks/file/path_template.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using ::testing::HasSubstr;

PathTemplate ParseGood(const std::string& text) {
  PathTemplateError error;
  auto parsed = PathTemplate::Parse(text, error);
  EXPECT_TRUE(parsed.has_value()) << text << ": " << error.message;
  return parsed.value_or(PathTemplate());
}

PathTemplateError ParseBad(const std::string& text) {
  PathTemplateError error;
  EXPECT_FALSE(PathTemplate::Parse(text, error).has_value()) << text;
  return error;
}

std::string PathValue(const std::string& value) {
  std::string path;
  EXPECT_TRUE(AppendPathValue(value, path));
  return path;
}

TEST(PathTemplateTest, TakesAConstantPath) {
  const PathTemplate path = ParseGood("out/a.ndjson");
  EXPECT_EQ(path.directory(), "out");
  ASSERT_EQ(path.parts().size(), 1u);
  EXPECT_EQ(path.parts()[0].text, "a.ndjson");
  EXPECT_FALSE(path.has_time());
  EXPECT_FALSE(path.has_fields());
}

TEST(PathTemplateTest, TakesAPathWithoutDirectory) {
  EXPECT_EQ(ParseGood("a.ndjson").directory(), ".");
  EXPECT_EQ(ParseGood("%Y.ndjson").directory(), ".");
  EXPECT_EQ(ParseGood("/a.ndjson").directory(), "/");
}

TEST(PathTemplateTest, DividesLiteralsTimesAndFields) {
  const PathTemplate path = ParseGood("a/b/{data.tenant}/x-%Y%m-{type}.csv");
  EXPECT_EQ(path.directory(), "a/b");
  ASSERT_EQ(path.parts().size(), 7u);
  EXPECT_EQ(path.parts()[0].kind, PathTemplate::Part::Kind::kField);
  EXPECT_EQ(path.parts()[1].text, "/x-");
  EXPECT_EQ(path.parts()[2].text, "%Y");
  EXPECT_EQ(path.parts()[3].text, "%m");
  EXPECT_EQ(path.parts()[6].text, ".csv");
  ASSERT_EQ(path.fields().size(), 2u);
  EXPECT_EQ(path.fields()[0].name, "data.tenant");
  EXPECT_EQ(path.fields()[1].name, "type");
}

TEST(PathTemplateTest, TakesDoubledCharactersAsThemselves) {
  EXPECT_EQ(ParseGood("100%%{{x}}").parts()[0].text, "100%{x}");
}

TEST(PathTemplateTest, RefusesAFieldWithoutDirectory) {
  EXPECT_THAT(ParseBad("{type}.ndjson").message, HasSubstr("no directory"));
  EXPECT_THAT(ParseBad("x-{type}").message, HasSubstr("no directory"));
  EXPECT_THAT(ParseBad("%Y/{type}").message, HasSubstr("no directory"));
  EXPECT_THAT(ParseBad("/{type}").message, HasSubstr("no directory"));
  EXPECT_EQ(ParseBad("x-{type}").offset, 2u);
}

TEST(PathTemplateTest, PointsAtWhatIsWrong) {
  EXPECT_EQ(ParseBad("a/%q").offset, 2u);
  EXPECT_EQ(ParseBad("a/%").offset, 2u);
  EXPECT_EQ(ParseBad("a/{typo}").offset, 3u);
  EXPECT_EQ(ParseBad("a/{type").offset, 2u);
  EXPECT_EQ(ParseBad("a/}").offset, 2u);
  EXPECT_THAT(ParseBad("a/{typo}").message, HasSubstr("'typo'"));
  EXPECT_THAT(ParseBad("").message, HasSubstr("empty"));
  EXPECT_THAT(ParseBad("a/").message, HasSubstr("file name"));
}

TEST(PathTemplateTest, RefusesNamesThatLeaveTheDirectory) {
  ParseBad("a/{type}/../x");
  ParseBad("a/{type}/..");
  ParseBad("a/{type}/./x");
  ParseBad("a/{type}//x");
  ParseBad("%Y/../x");
  ParseBad(std::string("a/\0x", 4));
  // The directory itself may be anywhere: it is written out.
  EXPECT_EQ(ParseGood("../a/{type}").directory(), "../a");
}

TEST(PathTemplateTest, RefusesATemplateLongerThanAPathCanBe) {
  ParseGood(std::string(4096, 'a'));
  EXPECT_THAT(ParseBad(std::string(4097, 'a')).message, HasSubstr("4096"));
}

TEST(PathValueTest, KeepsPlainNames) {
  EXPECT_EQ(PathValue("tenant-1_a.B"), "tenant-1_a.B");
}

TEST(PathValueTest, EncodesWhatCouldLeaveTheName) {
  EXPECT_EQ(PathValue("../x"), "%2E.%2Fx");
  EXPECT_EQ(PathValue(".."), "%2E.");
  EXPECT_EQ(PathValue("."), "%2E");
  EXPECT_EQ(PathValue(std::string("a\0b", 3)), "a%00b");
  EXPECT_EQ(PathValue("a\\b"), "a%5Cb");
  EXPECT_EQ(PathValue("ü"), "%C3%BC");
  EXPECT_EQ(PathValue("50%"), "50%25");
  EXPECT_EQ(PathValue(""), "%");
}

TEST(PathValueTest, RefusesAValueOverItsLimitAndLeavesThePath) {
  std::string path = "a/";
  EXPECT_TRUE(AppendPathValue(std::string(kMaxPathValueBytes, 'x'), path));
  path = "a/";
  EXPECT_FALSE(AppendPathValue(std::string(kMaxPathValueBytes + 1, 'x'), path));
  EXPECT_FALSE(AppendPathValue(std::string(kMaxPathValueBytes / 2, '/'), path));
  EXPECT_EQ(path, "a/");
}

}  // namespace
}  // namespace phoenix
