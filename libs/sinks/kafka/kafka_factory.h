#ifndef LIBS_SINKS_KAFKA_KAFKA_FACTORY_H_
#define LIBS_SINKS_KAFKA_KAFKA_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `kafka`: its config is phoenix.sinks.kafka.v1.Kafka
// (kafka.proto).
void RegisterKafkaSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_KAFKA_FACTORY_H_
