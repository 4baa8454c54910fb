#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/base/text.h"
#include "libs/pipeline/diagnostics.h"
#include "libs/pipeline/read_file.h"
#include "tools/phoenix/cli/arguments.h"
#include "tools/phoenix/cli/exit_code.h"
#include "tools/phoenix/cli/format_files.h"
#include "tools/phoenix/cli/template.h"
#include "tools/phoenix/cli/template_files.h"
#include "tools/phoenix/cli/usage_error.h"
#include "tools/phoenix/commands.h"

namespace phoenix {
namespace {

namespace fs = std::filesystem;

// A source file of ours is far smaller.
constexpr size_t kMaxListBytes = 1 << 20;

int CantCreate(std::string_view what) {
  std::fprintf(stderr, "phoenix new: %s\n", std::string(what).c_str());
  return kExitCantCreate;
}

// The root of the checkout in which the command was called; empty outside.
fs::path CheckoutRoot() {
  std::error_code error;
  for (fs::path at = fs::current_path(error); !at.empty() && !error;
       at = at.parent_path()) {
    if (fs::exists(at / "libs/component/registry.h", error)) return at;
    if (at == at.root_path()) break;
  }
  return {};
}

// Writes files that must not be there yet.
int WriteFiles(const fs::path& root, const std::vector<NewFile>& files) {
  std::error_code error;
  for (const NewFile& file : files) {
    if (fs::exists(root / file.path, error)) {
      return CantCreate(Cat("file '", file.path, "' is there already"));
    }
  }
  for (const NewFile& file : files) {
    const fs::path path = root / file.path;
    if (path.has_parent_path())
      fs::create_directories(path.parent_path(), error);
    std::ofstream out(path, std::ios::binary);
    out << file.text;
    out.close();
    if (!out.good()) {
      return CantCreate(Cat("file '", file.path, "' can't be written"));
    }
    std::printf("%s\n", file.path.c_str());
  }
  return kExitOk;
}

using Edit = absl::StatusOr<std::string> (*)(std::string_view kind,
                                             std::string_view name,
                                             const std::string& text);

int EditFile(const fs::path& root, const std::string& path, Edit edit,
             const std::string& kind, const std::string& name) {
  absl::StatusOr<std::string> text =
      ReadFile((root / path).string(), kMaxListBytes);
  if (text.ok()) text = edit(kind, name, *text);
  if (!text.ok()) {
    return CantCreate(
        Cat("list '", path, "': ", FromAbsl(text.status().message())));
  }
  std::ofstream out(root / path, std::ios::binary | std::ios::trunc);
  out << *text;
  out.close();
  if (!out.good()) return CantCreate(Cat("'", path, "' can't be written"));
  std::printf("%s\n", path.c_str());
  return kExitOk;
}

// How lines break hangs on the length of the name.
void Format(const fs::path& root, const std::vector<NewFile>& files,
            const std::string& list) {
  std::vector<std::string> paths = {(root / list / "builtin.cc").string()};
  for (const NewFile& file : files)
    paths.push_back((root / file.path).string());
  const absl::Status status = FormatFiles(paths);
  if (status.ok()) return;
  std::printf("not formatted, as %s: run tools/dev fmt\n",
              std::string(status.message()).c_str());
}

int MakeComponent(const std::string& kind, const std::string& name) {
  const fs::path root = CheckoutRoot();
  if (root.empty()) {
    return CantCreate("this folder is in no checkout of Phoenix");
  }
  const std::string list = Cat("libs/", kind, "s/");
  const std::vector<NewFile> files = NewComponent(kind, name, TemplateFiles());
  int code = WriteFiles(root, files);
  if (code == kExitOk) {
    code = EditFile(root, list + "builtin.cc", &AddToList, kind, name);
  }
  if (code == kExitOk) {
    code = EditFile(root, list + "BUILD", &AddToBuildFile, kind, name);
  }
  if (code == kExitOk) {
    Format(root, files, list);
    std::printf("try it: bazel test //%s%s/...\n", list.c_str(), name.c_str());
  }
  return code;
}

int MakePipeline(const std::string& name) {
  const int code = WriteFiles("", NewPipeline(name, TemplateFiles()));
  if (code == kExitOk) {
    std::printf("try it: phoenix test %s.yaml\n", name.c_str());
  }
  return code;
}

int Wrong(std::string message) {
  return UsageError("new", absl::InvalidArgumentError(message));
}

}  // namespace

int NewCommand(absl::Span<char* const> args) {
  const auto arguments = ParseArguments(args, {{}, 2, 3});
  if (!arguments.ok()) return UsageError("new", arguments.status());
  const std::vector<std::string>& words = arguments->positional;
  const std::vector<std::string> whats = {"component", "pipeline"};
  if (words[0] != "component" && words[0] != "pipeline") {
    return Wrong(Cat("unexpected argument '", words[0], "': expected ",
                     OneOf(whats), DidYouMean(words[0], whats)));
  }
  const bool component = words[0] == "component";
  if (words.size() != (component ? 3u : 2u)) {
    return Wrong(component ? "expected a kind and a name" : "expected a name");
  }
  const absl::Status name = CheckTemplateName(words.back());
  if (!name.ok()) return UsageError("new", name);
  if (!component) return MakePipeline(words[1]);
  const std::vector<std::string> kinds = {"source", "operator", "sink"};
  for (const std::string& kind : kinds) {
    if (words[1] == kind) return MakeComponent(kind, words[2]);
  }
  return Wrong(Cat("kind is '", words[1], "': expected ", OneOf(kinds),
                   DidYouMean(words[1], kinds)));
}

}  // namespace phoenix
