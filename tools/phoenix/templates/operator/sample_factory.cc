#include "tools/phoenix/templates/operator/sample_factory.h"

#include <memory>

#include "tools/phoenix/templates/operator/sample.pb.h"
#include "tools/phoenix/templates/operator/sample_operator.h"

namespace phoenix {
namespace {

using Config = operators::sample::v1::Sample;

std::unique_ptr<Operator> Create(const Config& config, BuildContext&) {
  return std::make_unique<SampleOperator>(
      static_cast<size_t>(config.max_bytes()));
}

}  // namespace

void RegisterSampleOperator(OperatorRegistry& registry) {
  registry.Register<Config>("sample", &Create);
}

}  // namespace phoenix
