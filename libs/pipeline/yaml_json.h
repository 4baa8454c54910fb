#ifndef LIBS_PIPELINE_YAML_JSON_H_
#define LIBS_PIPELINE_YAML_JSON_H_

#include <string>

#include "libs/pipeline/yaml_document.h"

namespace phoenix {

// The node as JSON text: plain numbers, booleans and nulls stand for
// themselves, other single values are strings.
std::string ToJson(const YamlNode& node);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_YAML_JSON_H_
