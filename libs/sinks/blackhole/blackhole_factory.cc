#include "libs/sinks/blackhole/blackhole_factory.h"

#include <memory>

#include "absl/time/clock.h"
#include "libs/sinks/blackhole/blackhole.pb.h"
#include "libs/sinks/blackhole/blackhole_sink.h"

namespace phoenix {
namespace {

using Config = sinks::blackhole::v1::Blackhole;

std::unique_ptr<Sink> Create(const Config& config, BuildContext& context) {
  return std::make_unique<BlackholeSink>(
      BlackholeSink::Options{.name = context.name, .rate = config.rate()},
      context.clock, [](absl::Duration duration) { absl::SleepFor(duration); });
}

}  // namespace

void RegisterBlackholeSink(SinkRegistry& registry) {
  registry.Register<Config>("blackhole", &Create);
}

}  // namespace phoenix
