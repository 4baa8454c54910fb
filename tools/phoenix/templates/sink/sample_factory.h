#ifndef TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_FACTORY_H_
#define TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `sample`, with its config (sample.proto).
void RegisterSampleSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_SINK_SAMPLE_FACTORY_H_
