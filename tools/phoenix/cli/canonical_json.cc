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
using simdjson::dom::element_type;

// Depth is bounded by the parser's.
void Write(const element& value, PrettyJson& json) {
  switch (value.type()) {
    case element_type::ARRAY:
      json.BeginArray();
      for (element item : value.get_array().value_unsafe()) Write(item, json);
      json.EndArray();
      return;
    case element_type::OBJECT: {
      std::map<std::string_view, element> members;
      for (auto member : value.get_object().value_unsafe()) {
        members[member.key] = member.value;
      }
      json.BeginObject();
      for (const auto& [key, member] : members) {
        json.Key(key);
        Write(member, json);
      }
      json.EndObject();
      return;
    }
    case element_type::STRING:
      return json.String(value.get_string().value_unsafe());
    case element_type::BOOL:
      return json.Bool(value.get_bool().value_unsafe());
    case element_type::INT64:
      return json.Integer(value.get_int64().value_unsafe());
    case element_type::NULL_VALUE:
      return json.Null();
    default:
      return json.Number(value.get_double().value_unsafe());
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
