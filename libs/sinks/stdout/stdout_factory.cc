#include "libs/sinks/stdout/stdout_factory.h"

#include <memory>

#include "libs/sinks/rows/cloudevents_row_encoder.h"
#include "libs/sinks/rows/ndjson_row_encoder.h"
#include "libs/sinks/stdout/pretty_row_encoder.h"
#include "libs/sinks/stdout/stdout.pb.h"
#include "libs/sinks/stdout/stdout_sink.h"

namespace phoenix {
namespace {

using Config = sinks::standard_output::v1::Stdout;

std::unique_ptr<RowEncoder> MakeEncoder(const Config& config) {
  if (config.format() == sinks::standard_output::v1::FORMAT_PRETTY) {
    return std::make_unique<PrettyRowEncoder>();
  }
  if (config.format() == sinks::standard_output::v1::FORMAT_CLOUDEVENTS) {
    return std::make_unique<CloudEventsRowEncoder>();
  }
  return std::make_unique<NdjsonRowEncoder>();
}

std::unique_ptr<Sink> Create(const Config& config, BuildContext& context) {
  return std::make_unique<StdoutSink>(StdoutSink::Options{.name = context.name},
                                      MakeEncoder(config));
}

}  // namespace

void RegisterStdoutSink(SinkRegistry& registry) {
  registry.Register<Config>("stdout", &Create);
}

}  // namespace phoenix
