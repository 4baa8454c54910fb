#ifndef TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_
#define TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `sample`: its config is phoenix.operators.sample.v1.Sample
// (sample.proto).
void RegisterSampleOperator(OperatorRegistry& registry);

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_TEMPLATES_OPERATOR_SAMPLE_FACTORY_H_
