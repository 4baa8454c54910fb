#include "libs/sources/generator/factory.h"

#include <memory>
#include <utility>

#include "libs/sources/event_defaults.h"
#include "libs/sources/generator/generator_source.h"
#include "libs/sources/generator/generator_source.pb.h"

namespace phoenix {
namespace {

using Config = sources::generator::v1::GeneratorSource;

std::unique_ptr<Source> CreateGeneratorSource(const Config& config,
                                              BuildContext& context) {
  const auto& faults = config.faults();
  if (faults.malformed_ratio() + faults.implausible_ratio() +
          faults.missing_ratio() >
      1.0) {
    context.report.Error("faults", 0,
                         "ratios add up to more than 1: expected at most 1");
    return nullptr;
  }
  GeneratorSourceOptions options;
  options.simulator = {static_cast<uint64_t>(config.seed()),
                       static_cast<uint32_t>(config.sensors()),
                       faults.malformed_ratio(), faults.implausible_ratio(),
                       faults.missing_ratio()};
  options.defaults =
      MakeEventDefaults(context, config.event_source(), config.event_type());
  options.rate = config.rate();
  options.count = config.count();
  options.batch_events = config.batch_events();
  return std::make_unique<GeneratorSource>(std::move(options), context.clock);
}

}  // namespace

void RegisterGeneratorSource(SourceRegistry& registry) {
  registry.Register<Config>("generator", CreateGeneratorSource);
}

}  // namespace phoenix
