#ifndef TOOLS_PHOENIX_CLI_PIPELINE_GRAPH_H_
#define TOOLS_PHOENIX_CLI_PIPELINE_GRAPH_H_

#include <string>

#include "libs/pipeline/compiled_pipeline.h"
#include "phoenix/pipeline/v1/pipeline.pb.h"

namespace phoenix {

// The pipeline as a graph in the DOT language of Graphviz.
std::string GraphToDot(const CompiledPipeline& pipeline);

// The pipeline drawn for a terminal: a box a stage, from top to bottom, sinks
// to the right of the routes that reach them. UTF-8.
std::string GraphToText(const CompiledPipeline& pipeline);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_CLI_PIPELINE_GRAPH_H_
