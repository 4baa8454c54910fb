#include "tools/phoenix/templates/sink/sample_factory.h"

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "tools/phoenix/templates/sink/sample.pb.h"
#include "tools/phoenix/templates/sink/sample_sink.h"

namespace phoenix {
namespace {

using Config = sinks::sample::v1::Sample;

absl::Status WriteToStderr(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (std::fprintf(stderr, "%s\n", line.c_str()) < 0) {
      return absl::UnavailableError("standard error can't be written");
    }
  }
  return absl::OkStatus();
}

std::unique_ptr<Sink> Create(const Config& config, BuildContext&) {
  return std::make_unique<SampleSink>(config.prefix(), &WriteToStderr);
}

}  // namespace

void RegisterSampleSink(SinkRegistry& registry) {
  registry.Register<Config>("sample", &Create);
}

}  // namespace phoenix
