#ifndef LIBS_SINKS_STDOUT_STDOUT_FACTORY_H_
#define LIBS_SINKS_STDOUT_STDOUT_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `stdout`: its config is
// phoenix.sinks.standard_output.v1.Stdout (stdout.proto).
void RegisterStdoutSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_STDOUT_STDOUT_FACTORY_H_
