#ifndef LIBS_SOURCES_KAFKA_FACTORY_H_
#define LIBS_SOURCES_KAFKA_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Adds the kind `kafka`, whose config is phoenix.sources.kafka.v1.KafkaSource.
void RegisterKafkaSource(SourceRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SOURCES_KAFKA_FACTORY_H_
