#ifndef LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_FACTORY_H_
#define LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_FACTORY_H_

#include "libs/component/registry.h"

namespace phoenix {

// Registers the kind `dead_letter_table`: its config is
// phoenix.sinks.dead_letter_table.v1.DeadLetterTable (dead_letter_table.proto).
void RegisterDeadLetterTableSink(SinkRegistry& registry);

}  // namespace phoenix

#endif  // LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_FACTORY_H_
