#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/base/text.h"
#include "libs/pipeline/read_file.h"
#include "libs/pipeline/yaml_document.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/check_tests.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/open_pipeline.h"
#include "tools/phoenix/cli/test_runner.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {
namespace {

constexpr std::string_view kTestSuffix = ".test.yaml";
constexpr std::string_view kPipelineSuffix = ".yaml";

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// The tests of a file that was named: itself, or what stands beside a pipeline.
std::string TestPath(const std::string& named) {
  if (EndsWith(named, kTestSuffix) || !EndsWith(named, kPipelineSuffix)) {
    return named;
  }
  return Cat(named.substr(0, named.size() - kPipelineSuffix.size()),
             kTestSuffix);
}

std::string PipelinePath(const std::string& test_path,
                         const std::string& written) {
  const std::filesystem::path folder =
      std::filesystem::path(test_path).parent_path();
  if (!written.empty()) return (folder / written).string();
  return Cat(test_path.substr(0, test_path.size() - kTestSuffix.size()),
             kPipelineSuffix);
}

// How many tests passed and failed, over all files.
struct Tally {
  int passed = 0;
  int failed = 0;
};

void Print(const std::string& file, const TestResult& result, Tally& tally) {
  const bool passed = result.differences.empty();
  ++(passed ? tally.passed : tally.failed);
  std::printf("%s  %s\n", passed ? "ok    " : "FAILED", result.name.c_str());
  for (const std::string& difference : result.differences) {
    std::printf("%s:%s\n", file.c_str(), difference.c_str());
  }
}

int NoInput(const absl::Status& status) {
  std::fprintf(stderr, "phoenix: %s\n", std::string(status.message()).c_str());
  return kExitNoInput;
}

int WrongFile(const Diagnostics& diagnostics) {
  std::fputs(diagnostics.ToString().c_str(), stderr);
  return kExitConfig;
}

int RunFile(const std::string& named, Tally& tally) {
  const std::string path = TestPath(named);
  const absl::StatusOr<std::string> text =
      ReadFile(path, YamlDocument::kMaxBytes);
  if (!text.ok()) return NoInput(text.status());
  Diagnostics diagnostics(path);
  const LoadedTests tests = LoadTests(*text, diagnostics);
  CheckCaseNames(tests, diagnostics);
  if (tests.message.pipeline().empty() && !EndsWith(path, kTestSuffix)) {
    diagnostics.Add({},
                    "no pipeline is named: expected the key 'pipeline', or "
                    "a file name that ends in '.test.yaml'");
    return WrongFile(diagnostics);
  }
  const OpenedPipeline opened =
      OpenPipeline(PipelinePath(path, tests.message.pipeline()));
  if (opened.compiled != nullptr) {
    CheckExpectations(tests, *opened.compiled, diagnostics);
  }
  if (!diagnostics.empty()) return WrongFile(diagnostics);
  if (opened.compiled == nullptr) return opened.exit_code;
  for (const TestResult& result :
       RunTests(tests, *opened.compiled, Clock::System())) {
    Print(path, result, tally);
  }
  return kExitOk;
}

}  // namespace

int TestCommand(absl::Span<char* const> args) {
  // As many files as a shell puts on one line.
  const auto arguments = ParseArguments(args, {{}, 1, 100'000});
  if (!arguments.ok()) return UsageError("test", arguments.status());
  Tally tally;
  int exit_code = kExitOk;
  for (const std::string& file : arguments->positional) {
    const int code = RunFile(file, tally);
    if (exit_code == kExitOk) exit_code = code;
  }
  std::printf("%d passed, %d failed\n", tally.passed, tally.failed);
  if (exit_code == kExitOk && tally.failed > 0) return kExitFailed;
  return exit_code;
}

}  // namespace phoenix
