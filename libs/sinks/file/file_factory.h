#ifndef LIBS_SINKS_FILE_FILE_FACTORY_H_
#define LIBS_SINKS_FILE_FILE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `file`: its config is phoenix.sinks.file.v1.File
// (file.proto).
void RegisterFileSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_FILE_FACTORY_H_
