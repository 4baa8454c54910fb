#include "tools/phoenix/cli/format_files.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"

namespace phoenix {
namespace {

constexpr char kProgram[] = "clang-format";

bool HasLayout(const std::string& path) {
  constexpr const char* kSuffixes[] = {".cc", ".h", ".proto"};
  return std::any_of(
      std::begin(kSuffixes), std::end(kSuffixes),
      [&](const char* suffix) { return absl::EndsWith(path, suffix); });
}

}  // namespace

absl::Status FormatFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> words = {kProgram, "-i"};
  std::copy_if(paths.begin(), paths.end(), std::back_inserter(words),
               HasLayout);
  if (words.size() == 2) return absl::OkStatus();
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  args.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, kProgram, nullptr, nullptr, args.data(), environ) !=
      0) {
    return absl::NotFoundError("clang-format is not installed");
  }
  int status = 0;
  if (waitpid(child, &status, 0) == child && WIFEXITED(status) &&
      WEXITSTATUS(status) == 0) {
    return absl::OkStatus();
  }
  return absl::InternalError("clang-format failed");
}

}  // namespace phoenix
