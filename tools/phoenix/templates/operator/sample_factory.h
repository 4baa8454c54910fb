#ifndef TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_
#define TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `sample`, with its config (sample.proto).
void RegisterSampleOperator(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_
