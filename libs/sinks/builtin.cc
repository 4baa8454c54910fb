#include "libs/sinks/builtin.h"

#include "libs/sinks/blackhole/blackhole_factory.h"
#include "libs/sinks/dead_letter_table/dead_letter_table_factory.h"
#include "libs/sinks/file/file_factory.h"
#include "libs/sinks/http/http_factory.h"
#include "libs/sinks/kafka/kafka_factory.h"
#include "libs/sinks/postgres/postgres_factory.h"
#include "libs/sinks/stdout/stdout_factory.h"

namespace phoenix {

void RegisterBuiltinSinks(SinkRegistry& registry) {
  RegisterBlackholeSink(registry);
  RegisterDeadLetterTableSink(registry);
  RegisterFileSink(registry);
  RegisterHttpSink(registry);
  RegisterKafkaSink(registry);
  RegisterPostgresSink(registry);
  RegisterStdoutSink(registry);
}

}  // namespace phoenix
