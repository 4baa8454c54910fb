#include "libs/json/json_testing.h"

#include <simdjson.h>

#include <algorithm>

#include "libs/json/json_string.h"

namespace phoenix {
namespace {

namespace dom = simdjson::dom;

JsonTree Convert(const dom::element& element) {
  JsonTree tree;
  switch (element.type()) {
    case dom::element_type::ARRAY:
      tree.kind = '[';
      for (dom::element child : dom::array(element)) {
        tree.elements.push_back(Convert(child));
      }
      break;
    case dom::element_type::OBJECT:
      tree.kind = '{';
      for (const dom::key_value_pair& field : dom::object(element)) {
        tree.members.push_back({std::string(field.key), Convert(field.value)});
      }
      break;
    case dom::element_type::STRING:
      tree.kind = '"';
      tree.scalar = std::string(std::string_view(element));
      break;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
      tree.kind = 'i';
      tree.scalar = simdjson::minify(element);
      break;
    case dom::element_type::DOUBLE:
      tree.kind = 'd';
      tree.scalar = simdjson::minify(element);
      break;
    case dom::element_type::BOOL:
      tree.kind = bool(element) ? 't' : 'f';
      break;
    case dom::element_type::NULL_VALUE:
      break;
  }
  return tree;
}

}  // namespace

std::optional<JsonTree> JsonTree::Parse(std::string_view text) {
  dom::parser parser;
  dom::element root;
  if (parser.parse(simdjson::padded_string(text)).get(root) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  return Convert(root);
}

JsonTree* JsonTree::Find(std::string_view key, size_t* count) {
  JsonTree* found = nullptr;
  size_t matches = 0;
  for (auto& [name, value] : members) {
    if (name != key) continue;
    found = &value;
    ++matches;
  }
  if (count != nullptr) *count = matches;
  return found;
}

std::string JsonTree::Canonical() const {
  std::string out(1, kind);
  out += scalar;
  for (const JsonTree& element : elements) out += element.Canonical() + ",";
  std::vector<std::string> fields;
  for (const auto& [key, value] : members) {
    std::string field;
    AppendJsonString(field, key);
    fields.push_back(field + ":" + value.Canonical());
  }
  std::sort(fields.begin(), fields.end());
  for (const std::string& field : fields) out += field + ",";
  return out + ";";
}

}  // namespace phoenix
