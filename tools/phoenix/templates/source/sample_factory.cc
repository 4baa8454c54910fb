#include "tools/phoenix/templates/source/sample_factory.h"

#include <memory>

#include "tools/phoenix/templates/source/sample.pb.h"
#include "tools/phoenix/templates/source/sample_source.h"

namespace phoenix {
namespace {

using Config = sources::sample::v1::Sample;

std::unique_ptr<Source> Create(const Config& config, BuildContext& context) {
  return std::make_unique<SampleSource>(config.count(), context.clock);
}

}  // namespace

void RegisterSampleSource(SourceRegistry& registry) {
  registry.Register<Config>("sample", &Create);
}

}  // namespace phoenix
