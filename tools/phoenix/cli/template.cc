#include "tools/phoenix/cli/template.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

constexpr std::string_view kTemplates = "tools/phoenix/templates/";
constexpr std::string_view kOmitBegin = "\n# TEMPLATE-ONLY BEGIN";
// Kinds are words, not sentences.
constexpr size_t kMaxNameBytes = 40;

using Replacements = std::vector<std::pair<std::string, std::string>>;

// `two_words` -> `TwoWords`.
std::string Camel(std::string_view name) {
  std::string camel;
  bool upper = true;
  for (char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    camel.push_back(upper ? absl::ascii_toupper(c) : c);
    upper = false;
  }
  return camel;
}

std::string Upper(std::string_view text) {
  return absl::AsciiStrToUpper(ToAbsl(text));
}

// In one pass, so that what was put in is not looked at again; of several that
// fit, the first.
std::string ReplaceAll(std::string_view text, const Replacements& all) {
  std::string result;
  while (!text.empty()) {
    auto fits = std::find_if(all.begin(), all.end(), [&](const auto& one) {
      return text.substr(0, one.first.size()) == one.first;
    });
    if (fits == all.end()) {
      result.push_back(text[0]);
      text.remove_prefix(1);
    } else {
      result += fits->second;
      text.remove_prefix(fits->first.size());
    }
  }
  return result;
}

Replacements NameReplacements(std::string_view name) {
  return {{"SAMPLE", Upper(name)},
          {"Sample", Camel(name)},
          {"sample", std::string(name)}};
}

std::vector<NewFile> Instantiate(std::string_view folder,
                                 const Replacements& replacements,
                                 absl::Span<const EmbeddedFile> templates) {
  std::vector<NewFile> files;
  for (const EmbeddedFile& file : templates) {
    if (file.path.substr(0, folder.size()) != folder) continue;
    const std::string_view text =
        file.bytes.substr(0, file.bytes.find(kOmitBegin));
    files.push_back(
        {ReplaceAll(file.path, replacements), ReplaceAll(text, replacements)});
  }
  return files;
}

// Puts `line` into its place among the lines that begin with `prefix`.
absl::StatusOr<std::string> InsertSorted(const std::string& text,
                                         const std::string& prefix,
                                         const std::string& line) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  auto place = lines.end();
  for (auto it = lines.begin(); it != lines.end(); ++it) {
    if (!absl::StartsWith(*it, prefix)) continue;
    place = it + 1;
    if (line < *it) {
      place = it;
      break;
    }
  }
  if (place == lines.end()) {
    return absl::FailedPreconditionError(
        Cat("no line begins with '", prefix, "'"));
  }
  lines.insert(place, line);
  return absl::StrJoin(lines, "\n");
}

}  // namespace

absl::Status CheckTemplateName(std::string_view name) {
  const bool allowed =
      !name.empty() && name.size() <= kMaxNameBytes &&
      absl::ascii_islower(name[0]) &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
      });
  if (allowed) return absl::OkStatus();
  return absl::InvalidArgumentError(
      Cat("name '", name,
          "' is not allowed: expected lower-case letters, digits and '_', a "
          "letter first, at most ",
          kMaxNameBytes));
}

std::vector<NewFile> NewComponent(std::string_view kind, std::string_view name,
                                  absl::Span<const EmbeddedFile> templates) {
  const std::string folder = Cat(kTemplates, kind);
  Replacements replacements = {
      {folder, Cat("libs/", kind, "s/", name)},
      {Cat("TOOLS_PHOENIX_TEMPLATES_", Upper(kind), "_"),
       Cat("LIBS_", Upper(kind), "S_", Upper(name), "_")}};
  for (auto& one : NameReplacements(name)) replacements.push_back(one);
  return Instantiate(folder + "/", replacements, templates);
}

std::vector<NewFile> NewPipeline(std::string_view name,
                                 absl::Span<const EmbeddedFile> templates) {
  const std::string folder = Cat(kTemplates, "pipeline/");
  Replacements replacements = {{folder, ""}};
  for (auto& one : NameReplacements(name)) replacements.push_back(one);
  return Instantiate(folder, replacements, templates);
}

absl::StatusOr<std::string> AddToList(std::string_view kind,
                                      std::string_view name,
                                      const std::string& list) {
  const std::string folder = Cat("#include \"libs/", kind, "s/");
  const std::string include = Cat(folder, name, "/", name, "_factory.h\"");
  // The list's own header stands apart, above the others.
  const size_t others = list.find("\n\n");
  if (others == std::string::npos) {
    return absl::FailedPreconditionError("list has no includes");
  }
  absl::StatusOr<std::string> includes =
      InsertSorted(list.substr(others), folder, include);
  if (!includes.ok()) return includes.status();
  return InsertSorted(
      list.substr(0, others) + *includes, "  Register",
      Cat("  Register", Camel(name), Camel(kind), "(registry);"));
}

absl::StatusOr<std::string> AddToBuildFile(std::string_view kind,
                                           std::string_view name,
                                           const std::string& build_file) {
  const std::string folder = Cat("        \"//libs/", kind, "s/");
  return InsertSorted(build_file, folder,
                      Cat(folder, name, ":", name, "_factory\","));
}

}  // namespace phoenix
