#include "libs/sources/builtin.h"

#include "libs/sources/file/factory.h"
#include "libs/sources/generator/factory.h"
#include "libs/sources/grpc/factory.h"
#include "libs/sources/http/factory.h"
#include "libs/sources/kafka/factory.h"
#include "libs/sources/tcp/factory.h"

namespace phoenix {

void RegisterBuiltinSources(SourceRegistry& registry) {
  RegisterFileSource(registry);
  RegisterGeneratorSource(registry);
  RegisterGrpcSource(registry);
  RegisterHttpSource(registry);
  RegisterKafkaSource(registry);
  RegisterTcpSource(registry);
}

}  // namespace phoenix
