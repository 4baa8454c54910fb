#include "tools/phoenix/cli/template.h"

#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/phoenix/cli/template_files.h"

namespace phoenix {
namespace {

using testing::HasSubstr;
using testing::Not;

std::map<std::string, std::string> ByPath(const std::vector<NewFile>& files) {
  std::map<std::string, std::string> by_path;
  for (const NewFile& file : files) by_path[file.path] = file.text;
  return by_path;
}

class NewComponentTest : public testing::TestWithParam<const char*> {};

TEST_P(NewComponentTest, MakesAllFilesOfAComponentUnderItsName) {
  const std::string kind = GetParam();
  const std::string folder = "libs/" + kind + "s/sampler_2/";
  const auto files = ByPath(NewComponent(kind, "sampler_2", TemplateFiles()));
  EXPECT_EQ(files.size(), 8u);
  for (const char* name :
       {"BUILD", "README.md", "sampler_2.proto", "sampler_2_factory.h"}) {
    EXPECT_TRUE(files.contains(folder + name)) << name;
  }
  for (const auto& [path, text] : files) {
    EXPECT_THAT(text, Not(HasSubstr("tools/phoenix/templates"))) << path;
    EXPECT_THAT(text, Not(HasSubstr("TEMPLATE"))) << path;
    EXPECT_THAT(text, Not(HasSubstr("samplerr"))) << path;
  }
  EXPECT_THAT(files.at(folder + "sampler_2_factory.h"), HasSubstr("Register"
                                                                  "Sampler2"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, NewComponentTest,
                         testing::Values("source", "operator", "sink"));

TEST(NewPipelineTest, MakesAPipelineAndItsTests) {
  const auto files = ByPath(NewPipeline("orders", TemplateFiles()));
  ASSERT_EQ(files.size(), 2u);
  EXPECT_THAT(files.at("orders.yaml"), HasSubstr("name: orders\n"));
  EXPECT_TRUE(files.contains("orders.test.yaml"));
}

TEST(CheckTemplateNameTest, TakesNamesThatAreWordsInCodeAndFiles) {
  for (const char* name : {"a", "kafka", "rest_pages", "s3"}) {
    EXPECT_TRUE(CheckTemplateName(name).ok()) << name;
  }
  for (const char* name : {"", "3s", "_a", "Kafka", "a-b", "a/b", "../a"}) {
    EXPECT_FALSE(CheckTemplateName(name).ok()) << name;
  }
  EXPECT_TRUE(CheckTemplateName(std::string(40, 'a')).ok());
  EXPECT_FALSE(CheckTemplateName(std::string(41, 'a')).ok());
}

TEST(AddToListTest, PutsLinesWhereTheyBelong) {
  const std::string list =
      "#include \"libs/sinks/builtin.h\"\n"
      "\n"
      "#include \"libs/sinks/file/file_factory.h\"\n"
      "#include \"libs/sinks/stdout/stdout_factory.h\"\n"
      "\n"
      "  RegisterFileSink(registry);\n"
      "  RegisterStdoutSink(registry);\n";
  EXPECT_EQ(*AddToList("sink", "http", list),
            "#include \"libs/sinks/builtin.h\"\n"
            "\n"
            "#include \"libs/sinks/file/file_factory.h\"\n"
            "#include \"libs/sinks/http/http_factory.h\"\n"
            "#include \"libs/sinks/stdout/stdout_factory.h\"\n"
            "\n"
            "  RegisterFileSink(registry);\n"
            "  RegisterHttpSink(registry);\n"
            "  RegisterStdoutSink(registry);\n");
  EXPECT_THAT(*AddToList("sink", "zip", list),
              HasSubstr("StdoutSink(registry);\n  RegisterZipSink(registry);"));
}

TEST(AddToListTest, RefusesAListThatIsWrittenInAnotherWay) {
  EXPECT_FALSE(AddToList("sink", "http", "").ok());
  EXPECT_FALSE(AddToList("sink", "http", "a\n\nb\n").ok());
}

TEST(AddToBuildFileTest, PutsTheDependencyWhereItBelongs) {
  EXPECT_EQ(*AddToBuildFile("operator", "map",
                            "        \"//libs/operators/filter:f\",\n"
                            "        \"//libs/operators/stats:s\",\n"),
            "        \"//libs/operators/filter:f\",\n"
            "        \"//libs/operators/map:map_factory\",\n"
            "        \"//libs/operators/stats:s\",\n");
}

}  // namespace
}  // namespace phoenix
