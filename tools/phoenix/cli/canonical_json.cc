#include "tools/phoenix/cli/canonical_json.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_split.h"
#include "libs/base/text.h"
#include "libs/pipeline/schema/pretty_json.h"
#include "simdjson.h"

namespace phoenix {
namespace {

using simdjson::dom::element;

void Write(const element& value, PrettyJson& json);

void WriteArray(const simdjson::dom::array& items, PrettyJson& json) {
  json.BeginArray();
  for (element item : items) Write(item, json);
  json.EndArray();
}

void WriteObject(const simdjson::dom::object& object, PrettyJson& json) {
  std::map<std::string_view, element> members;
  for (auto member : object) members[member.key] = member.value;
  json.BeginObject();
  for (const auto& [key, member] : members) {
    json.Key(key);
    Write(member, json);
  }
  json.EndObject();
}

// Depth is bounded by the parser's.
void Write(const element& value, PrettyJson& json) {
  simdjson::dom::array items;
  simdjson::dom::object object;
  std::string_view text;
  bool boolean = false;
  int64_t integer = 0;
  double number = 0;
  if (value.get(items) == simdjson::SUCCESS) {
    WriteArray(items, json);
  } else if (value.get(object) == simdjson::SUCCESS) {
    WriteObject(object, json);
  } else if (value.get(text) == simdjson::SUCCESS) {
    json.String(text);
  } else if (value.get(boolean) == simdjson::SUCCESS) {
    json.Bool(boolean);
  } else if (value.is_int64() && value.get(integer) == simdjson::SUCCESS) {
    json.Integer(integer);
  } else if (value.get(number) == simdjson::SUCCESS) {
    json.Number(number);
  } else {
    json.Null();
  }
}

using Lines = std::vector<std::string>;

Lines SplitLines(const std::string& text) {
  Lines lines = absl::StrSplit(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// longest[i][j]: how many lines a[i..] and b[j..] have in common, in order.
std::vector<std::vector<size_t>> LongestCommon(const Lines& a, const Lines& b) {
  std::vector<std::vector<size_t>> longest(a.size() + 1,
                                           std::vector<size_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      longest[i][j] = a[i] == b[j]
                          ? longest[i + 1][j + 1] + 1
                          : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  return longest;
}

// Texts with more lines are shown whole: the comparison takes their product.
constexpr size_t kMaxDiffLines = 2000;

}  // namespace

std::string CanonicalJson(std::string_view payload) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(payload.data(), payload.size()).get(root) !=
      simdjson::SUCCESS) {
    return std::string(payload);
  }
  PrettyJson json;
  Write(root, json);
  return std::move(json).Finish();
}

std::string LineDiff(const std::string& expected, const std::string& actual) {
  Lines a = SplitLines(expected);
  Lines b = SplitLines(actual);
  std::string diff;
  size_t i = 0;
  size_t j = 0;
  if (a.size() <= kMaxDiffLines && b.size() <= kMaxDiffLines) {
    const auto longest = LongestCommon(a, b);
    while (i < a.size() && j < b.size()) {
      if (a[i] == b[j]) {
        CatTo(diff, "  ", a[i++], "\n");
        ++j;
      } else if (longest[i + 1][j] >= longest[i][j + 1]) {
        CatTo(diff, "- ", a[i++], "\n");
      } else {
        CatTo(diff, "+ ", b[j++], "\n");
      }
    }
  }
  while (i < a.size()) CatTo(diff, "- ", a[i++], "\n");
  while (j < b.size()) CatTo(diff, "+ ", b[j++], "\n");
  return diff;
}

}  // namespace phoenix
