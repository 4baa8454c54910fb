#ifndef LIBS_PIPELINE_SCHEMA_REFERENCE_PAGE_H_
#define LIBS_PIPELINE_SCHEMA_REFERENCE_PAGE_H_

#include <string>

#include "libs/component/registry.h"
#include "libs/pipeline/schema/config_docs.h"

namespace phoenix {

// The reference of everything that a pipeline file may say, as Markdown: the
// file itself, then every kind of source, step and sink with its options, their
// types, defaults and bounds. `docs` as in PipelineJsonSchema.
std::string ReferencePage(const ComponentRegistry& registry,
                          const ConfigDocs& docs);

// How a value of the field is written, such as `size`, `list of text` or
// `mapping of path to CEL expression`.
std::string TypeName(const google::protobuf::FieldDescriptor& field);

}  // namespace phoenix

#endif  // LIBS_PIPELINE_SCHEMA_REFERENCE_PAGE_H_
