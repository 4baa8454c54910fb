#ifndef LIBS_PIPELINE_YAML_JSON_H_
#define LIBS_PIPELINE_YAML_JSON_H_

#include <string>
#include <string_view>

#include "libs/pipeline/yaml_document.h"

namespace phoenix {

// The node as JSON text: plain numbers, booleans and nulls stand for
// themselves, other single values are strings.
std::string ToJson(const YamlNode& node);

// A JSON string that holds `text`, quotes and all. `text` is UTF-8.
std::string QuoteJson(std::string_view text);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_YAML_JSON_H_
