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

TEST_F(CliTest, RefusesALogThatARunCouldNotOpen) {
  const std::string rest =
      "\nsources: [{name: in, file: in.ndjson}]\n"
      "log: {embedded: {path: log}}\n"
      "sinks: [{name: out, blackhole: {}}]\n"
      "admin_address: off\n";
  Write("in.ndjson", "{}\n");
  Write("first.yaml", "name: first" + rest);
  Write("second.yaml", "name: second" + rest);
  EXPECT_EQ(Phoenix("check second.yaml").exit_code, 0);
  const Result run = Phoenix("run first.yaml --live off");
  EXPECT_EQ(run.exit_code, 0) << run.output;
  EXPECT_EQ(Phoenix("check first.yaml").exit_code, 0);
  const Result checked = Phoenix("check second.yaml");
  EXPECT_EQ(checked.exit_code, 78);
  EXPECT_THAT(checked.output,
              StartsWith("second.yaml:3:24: folder 'log': is the log of "
                         "pipeline 'first', not of 'second': choose another "
                         "folder, or"));
  EXPECT_THAT(Phoenix("check second.yaml --format json").output,
              HasSubstr("\"valid\": false"));
}

TEST_F(CliTest, RefusesARouteToATableOfDeadLetters) {
  Write("p.yaml",
        "name: p\n"
        "sources: [{name: in, tcp: 127.0.0.1:9000}]\n"
        "sinks:\n"
        "  - {name: out, blackhole: {}}\n"
        "  - {name: kept, dead_letter_table: {path: p.db}}\n"
        "dead_letter: kept\n"
        "routes: [{name: all, to: [out, kept]}]\n");
  const Result result = Phoenix("check p.yaml");
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.output, StartsWith("p.yaml:7:32: sink 'kept' is a "
                                        "'dead_letter_table', which takes "
                                        "dead letters only: expected "));
}

TEST_F(CliTest, RefusesWhatCanOnlyFailOnceItRuns) {
  Write("p.yaml",
        "name: p\n"
        "sources:\n"
        "  - {name: a, tcp: 127.0.0.1:9000}\n"
        "  - {name: b, http: {address: 'localhost:9000'}}\n"
        "  - {name: c, grpc: 127.0.0.1:70000}\n"
        "steps:\n"
        "  - {name: f, filter: 1/0 > data.a}\n"
        "  - {name: t, filter: time > timestamp('nope')}\n"
        "  - {name: m, map: {set: {data.a: 1.0/0.0, \"data['b c']\": 1}}}\n"
        "  - {name: n, map: {set: {data.a: null}}}\n"
        "  - {name: s, stats: {key: data.k, value: '\"a\"'}}\n"
        "  - {name: r, filter: data.a.matches('(')}\n"
        "  - {name: d, filter: duration('x') < duration('1s')}\n"
        "  - {name: o, map: {set: {data.o: 9223372036854775807 + 1}}}\n"
        "  - {name: i, map: {set: {data.i: '[1, 2][5]'}}}\n"
        "sinks:\n"
        "  - {name: x, file: out.ndjson}\n"
        "  - {name: y, file: ./out.ndjson}\n"
        "admin_address: 127.0.0.1:9000\n");
  const Result result = Phoenix("check p.yaml");
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_EQ(
      result.output,
      "p.yaml:3:20: source 'a' listens at '127.0.0.1:9000', as "
      "'admin_address' does at line 19: expected an address of its own\n"
      "p.yaml:4:32: source 'b' listens at 'localhost:9000', as "
      "'admin_address' does at line 19: expected an address of its own\n"
      "p.yaml:5:21: address '127.0.0.1:70000': expected HOST:PORT with a port "
      "up to 65535, such as '127.0.0.1:9000' or '[::1]:9000'\n"
      "p.yaml:7:24: '1/0' always fails: division by zero\n"
      "p.yaml:8:30: 'timestamp('nope')' always fails: can't read 'nope', "
      "expected a time such as 2009-02-13T23:31:30.5Z (RFC 3339)\n"
      "p.yaml:9:35: expression is always inf: expected what JSON can hold\n"
      "p.yaml:10:27: 'value' is null: expected a CEL expression\n"
      "p.yaml:11:44: expression is of type 'string': expected a finite "
      "number\n"
      "p.yaml:12:30: invalid pattern '(': missing ): (\n"
      "p.yaml:13:23: 'duration('x') < duration('1s')' always fails: can't "
      "read 'x', expected a duration such as 1h30m or 1.5s\n"
      "p.yaml:14:55: '9223372036854775807 + 1' always fails: result of "
      "addition does not fit 64 bits\n"
      "p.yaml:15:42: '[1, 2][5]' always fails: list index 5 is out of range "
      "for a size of 2\n"
      "p.yaml:18:21: sink 'y' writes to './out.ndjson', as sink 'x' does at "
      "line 17: expected a file of its own\n");
}

TEST_F(CliTest, RefusesPathsAndUrlsThatCantWork) {
  Write("p.yaml",
        "name: p\n"
        "sources:\n"
        "  - {name: a, file: {path: in/}}\n"
        "  - {name: b, file: {path: 'in/**/*.csv'}}\n"
        "  - {name: c, file: {path: 'in/[ab.csv'}}\n"
        "sinks:\n"
        "  - {name: x, http: 'ftp://example.com/'}\n"
        "  - {name: y, stdout: {}}\n"
        "dead_letter: y\n");
  const Result result = Phoenix("check p.yaml");
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_EQ(result.output,
            "p.yaml:3:28: path 'in/' names a directory: expected files, such "
            "as 'in/*.ndjson'\n"
            "p.yaml:4:29: path 'in/**/*.csv' has '**', which is not known: "
            "expected files, such as 'in/*.ndjson'\n"
            "p.yaml:5:29: path 'in/[ab.csv' has a '[' without ']': expected "
            "files, such as 'in/*.ndjson'\n"
            "p.yaml:7:22: url has no scheme http:// or https://, or no host: "
            "expected one such as 'https://example.com/events'\n");
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
                        "by 'plausible': expected it to be delivered to "
                        "screen\n"));
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
