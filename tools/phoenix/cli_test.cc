// Runs the program as a user does: what it prints, and its exit status.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phoenix {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Result {
  int exit_code = -1;
  std::string output;  // stdout and stderr.
};

class CliTest : public testing::Test {
 protected:
  CliTest() : folder_(testing::TempDir() + "/cli_test") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }

  // Runs `phoenix ARGUMENTS` in a folder of the test's own.
  Result Phoenix(const std::string& arguments) {
    const std::string program =
        std::filesystem::absolute("tools/phoenix/phoenix").string();
    const std::string command =
        "cd " + folder_ + " && " + program + " " + arguments + " 2>&1";
    std::FILE* pipe = popen(command.c_str(), "r");
    Result result;
    char buffer[4096];
    while (size_t got = std::fread(buffer, 1, sizeof(buffer), pipe)) {
      result.output.append(buffer, got);
    }
    result.exit_code = WEXITSTATUS(pclose(pipe));
    return result;
  }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }

  std::string folder_;
};

constexpr char kValid[] = R"(name: readings
sources:
  - name: door
    tcp: 127.0.0.1:9000
steps:
  - name: plausible
    filter: data.temperature < 200.0
sinks:
  - name: screen
    stdout: {}
)";

TEST_F(CliTest, ExplainsItself) {
  EXPECT_EQ(Phoenix("help").exit_code, 0);
  EXPECT_THAT(Phoenix("help").output, HasSubstr("\n  check "));
  EXPECT_THAT(Phoenix("check --help").output,
              StartsWith("usage: phoenix check FILE"));
  EXPECT_THAT(Phoenix("--version").output, StartsWith("phoenix "));
}

TEST_F(CliTest, RefusesACommandThatItDoesNotKnow) {
  const Result result = Phoenix("chek x");
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_THAT(result.output,
              StartsWith("phoenix: unknown command 'chek': did you mean "
                         "'check'?"));
  EXPECT_EQ(Phoenix("").exit_code, 64);
  EXPECT_EQ(Phoenix("check").exit_code, 64);
}

TEST_F(CliTest, ChecksAValidFile) {
  Write("p.yaml", kValid);
  const Result result = Phoenix("check p.yaml");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output,
              StartsWith("pipeline 'readings' is valid, revision "));
  EXPECT_THAT(result.output, HasSubstr("data.temperature < 200.0"));
  EXPECT_THAT(Phoenix("check p.yaml --format json").output,
              StartsWith("{\n  \"valid\": true,"));
}

TEST_F(CliTest, ShowsAllErrorsOfAFileWithTheirPlaces) {
  Write("p.yaml",
        "name: readings\n"
        "sources: [{name: door, tpc: 127.0.0.1:9000}]\n"
        "steps: [{name: plausible, filter: data.a < }]\n"
        "sinks: [{name: screen, stdout: {}}]\n"
        "dead_letter: scren\n");
  const Result result = Phoenix("check p.yaml");
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.output, HasSubstr("p.yaml:2:24: unknown key 'tpc': "));
  EXPECT_THAT(result.output, HasSubstr("did you mean 'tcp'?"));
  EXPECT_THAT(result.output, HasSubstr("p.yaml:3:"));
  EXPECT_THAT(result.output,
              HasSubstr("p.yaml:5:14: unknown sink 'scren': expected 'screen': "
                        "did you mean 'screen'?"));
}

TEST_F(CliTest, SaysWhichFileItCantRead) {
  const Result result = Phoenix("check nowhere.yaml");
  EXPECT_EQ(result.exit_code, 66);
  EXPECT_THAT(result.output, HasSubstr("'nowhere.yaml'"));
  EXPECT_EQ(Phoenix("check .").exit_code, 66);
}

TEST_F(CliTest, ListsTheKindsThatItHas) {
  const Result result = Phoenix("list sinks");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.output, StartsWith("sinks\n  blackhole"));
  EXPECT_THAT(result.output, HasSubstr("Writes events to files"));
  EXPECT_EQ(Phoenix("list snks").exit_code, 64);
}

TEST_F(CliTest, PrintsTheSchemaAndTheReference) {
  EXPECT_THAT(Phoenix("schema").output, StartsWith("{\n  \"$schema\": "));
  EXPECT_THAT(Phoenix("schema --format markdown").output,
              StartsWith("# Pipeline file reference\n"));
  EXPECT_EQ(Phoenix("schema --output s.json").exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/s.json"));
  EXPECT_EQ(Phoenix("schema --output no/such/folder").exit_code, 73);
}

TEST_F(CliTest, PrintsTheReferenceThatIsInTheDocs) {
  std::ifstream file("docs/reference/components.md");
  const std::string page((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(Phoenix("schema --format markdown").output, page)
      << "write it anew: phoenix schema --format markdown --output "
         "docs/reference/components.md";
}

TEST_F(CliTest, DrawsAPipeline) {
  Write("p.yaml", kValid);
  EXPECT_THAT(Phoenix("graph p.yaml").output, HasSubstr("│ door  tcp"));
  EXPECT_THAT(Phoenix("graph p.yaml --format dot").output,
              StartsWith("digraph \"readings\" {\n"));
}

TEST_F(CliTest, PassesTheTestsOfTheExamples) {
  const std::string examples = std::filesystem::absolute("examples").string();
  EXPECT_EQ(Phoenix("check " + examples + "/telemetry.yaml").exit_code, 0);
  EXPECT_EQ(Phoenix("test " + examples + "/web-access.yaml").exit_code, 0);
}

TEST_F(CliTest, MakesAPipelineWhoseTestsPass) {
  EXPECT_EQ(Phoenix("new pipeline orders").exit_code, 0);
  const Result result = Phoenix("test orders.yaml");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("2 passed, 0 failed\n"));
  EXPECT_EQ(Phoenix("new pipeline orders").exit_code, 73) << "there already";
}

TEST_F(CliTest, ShowsWhatDiffersWhenATestFails) {
  Write("p.yaml", kValid);
  Write("p.test.yaml",
        "cases:\n"
        "  - name: hot\n"
        "    given: [{data: {temperature: 300.0}}]\n"
        "    expect: [{to: [screen]}]\n");
  const Result result = Phoenix("test p.test.yaml");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.output,
              HasSubstr("FAILED  hot\np.test.yaml:4:14: event 1 was filtered "
                        "by 'plausible': expected it delivered to screen\n"));
}

TEST_F(CliTest, MakesComponentsOnlyInACheckout) {
  EXPECT_EQ(Phoenix("new component sink mine").exit_code, 73);
  EXPECT_EQ(Phoenix("new component snk mine").exit_code, 64);
  EXPECT_EQ(Phoenix("new component sink Mine").exit_code, 64);
}

TEST_F(CliTest, MakesAComponentAndAddsItToItsList) {
  std::filesystem::create_directories(folder_ + "/libs/component");
  std::filesystem::create_directories(folder_ + "/libs/sinks");
  Write("libs/component/registry.h", "");
  Write("libs/sinks/builtin.cc",
        "#include \"libs/sinks/builtin.h\"\n\n"
        "#include \"libs/sinks/file/file_factory.h\"\n"
        "  RegisterFileSink(registry);\n");
  Write("libs/sinks/BUILD", "        \"//libs/sinks/file:file_factory\",\n");
  const Result result = Phoenix("new component sink mine");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("libs/sinks/mine/mine_sink.cc\n"));
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/libs/sinks/mine/BUILD"));
}

}  // namespace
}  // namespace phoenix
