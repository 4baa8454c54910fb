// Runs CEL conformance files:
//
//   conformance FOLDER [--only=file,...] [--verbose]
//
// Prints the passed and failed tests of every *.textproto file of FOLDER, or
// of those named (without ending), and why tests failed. Exits with 0 when all
// passed, 1 when a test failed, 2 when it could not run.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "libs/cel/conformance/runner.h"

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUsage =
    "usage: conformance FOLDER [--only=file,...] [--verbose]\n";

struct Options {
  fs::path folder;
  std::vector<std::string> only;
  bool verbose = false;
};

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> items;
  std::istringstream in{std::string(text)};
  for (std::string item; std::getline(in, item, ',');) items.push_back(item);
  return items;
}

bool ParseArguments(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--only=")) {
      options->only = SplitAtCommas(argument.substr(7));
    } else if (argument == "--verbose") {
      options->verbose = true;
    } else if (argument.starts_with("-") || !options->folder.empty()) {
      return false;
    } else {
      options->folder = argument;
    }
  }
  // `bazel run` starts elsewhere than the user.
  const char* directory = std::getenv("BUILD_WORKING_DIRECTORY");
  if (options->folder.is_relative() && directory != nullptr) {
    options->folder = fs::path(directory) / options->folder;
  }
  return options->folder.has_filename() || !options->folder.empty();
}

std::vector<fs::path> FindFiles(const Options& options) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options.folder, error)) {
    const std::string name = entry.path().stem().string();
    const bool selected = options.only.empty() ||
                          std::find(options.only.begin(), options.only.end(),
                                    name) != options.only.end();
    if (entry.path().extension() == ".textproto" && selected) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Print(const std::string& name, const phoenix::cel::FileResult& result,
           bool verbose) {
  std::cout << name << ": " << result.passed << " passed, "
            << result.failures.size() << " failed, " << result.total()
            << " total\n";
  if (verbose) {
    for (const std::string& test : result.passed_tests) {
      std::cout << "  passed " << test << "\n";
    }
  }
  for (const auto& failure : result.failures) {
    std::cout << "  FAILED " << failure.test << "\n         " << failure.reason
              << "\n";
  }
}

int RunFiles(const Options& options, const std::vector<fs::path>& files) {
  const phoenix::cel::ConformanceRunner runner;
  phoenix::cel::FileResult sum;
  bool unreadable = false;
  for (const fs::path& path : files) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    auto file = runner.Parse(text.str());
    if (!file.ok()) {
      std::cout << path.string() << ":" << file.status().message() << "\n";
      unreadable = true;
      continue;
    }
    const phoenix::cel::FileResult result = runner.Run(*file);
    Print(path.stem().string(), result, options.verbose);
    sum.passed += result.passed;
    sum.failures.insert(sum.failures.end(), result.failures.begin(),
                        result.failures.end());
  }
  std::cout << "total: " << sum.passed << " passed, " << sum.failures.size()
            << " failed, " << sum.total() << " total\n";
  if (unreadable) return 2;
  return sum.failures.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!ParseArguments(argc, argv, &options)) {
    std::cerr << kUsage;
    return 2;
  }
  const std::vector<fs::path> files = FindFiles(options);
  if (files.empty() ||
      (!options.only.empty() && files.size() != options.only.size())) {
    std::cerr << "no such *.textproto files in '" << options.folder.string()
              << "'\n";
    return 2;
  }
  return RunFiles(options, files);
}
