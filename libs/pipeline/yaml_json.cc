#include "libs/pipeline/yaml_json.h"

#include "absl/strings/ascii.h"
#include "libs/base/json_text.h"
#include "libs/base/text.h"
#include "libs/pipeline/scalar_text.h"

namespace phoenix {
namespace {

// Digits that JSON takes as they are: YAML also knows `.5` and `+1`.
bool IsJsonNumber(const std::string& text) {
  if (!ParseNumber(text).has_value()) return false;
  const std::string_view digits =
      text[0] == '-' ? std::string_view(text).substr(1) : text;
  if (digits.empty() || !absl::ascii_isdigit(digits[0])) return false;
  const bool leading_zero =
      digits.size() > 1 && digits[0] == '0' && absl::ascii_isdigit(digits[1]);
  return !leading_zero && digits.back() != '.' &&
         digits.find(".e") == std::string_view::npos &&
         digits.find(".E") == std::string_view::npos;
}

std::string ScalarToJson(const YamlNode& node) {
  const bool literal =
      ParseBool(node.text()).has_value() || IsJsonNumber(node.text());
  return !node.quoted && literal ? node.text() : JsonText(node.text());
}

std::string ListToJson(const YamlNode& node) {
  std::string json = "[";
  for (const YamlNode* item : node.items) {
    CatTo(json, json.size() > 1 ? "," : "", ToJson(*item));
  }
  return json + "]";
}

std::string MappingToJson(const YamlNode& node) {
  std::string json = "{";
  for (const auto& [key, value] : node.entries) {
    CatTo(json, json.size() > 1 ? "," : "", JsonText(key->text()), ":",
          ToJson(*value));
  }
  return json + "}";
}

}  // namespace

std::string ToJson(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "null";
    case YamlNode::Kind::kScalar:
      return ScalarToJson(node);
    case YamlNode::Kind::kSequence:
      return ListToJson(node);
    case YamlNode::Kind::kMapping:
      return MappingToJson(node);
  }
  return "";
}

}  // namespace phoenix
