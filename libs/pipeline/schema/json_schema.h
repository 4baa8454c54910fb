#ifndef LIBS_PIPELINE_SCHEMA_JSON_SCHEMA_H_
#define LIBS_PIPELINE_SCHEMA_JSON_SCHEMA_H_

#include <string>

#include "libs/component/registry.h"
#include "libs/pipeline/schema/config_docs.h"

namespace phoenix {

// The JSON Schema (draft 2020-12) of pipeline files that use the kinds of
// `registry`: editors complete and check files by it. `docs` describes the
// pipeline and every config; a kind that it lacks is left out.
std::string PipelineJsonSchema(const ComponentRegistry& registry,
                               const ConfigDocs& docs);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCHEMA_JSON_SCHEMA_H_
