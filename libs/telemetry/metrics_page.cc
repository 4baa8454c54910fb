// Prints a /metrics page with every kit on it, as a running process would
// publish it: what the test of the format hands to a real Prometheus.
#include <cstdio>

#include "libs/telemetry/buffer_metrics.h"
#include "libs/telemetry/component_metrics.h"
#include "libs/telemetry/metrics.h"
#include "libs/telemetry/pipeline_metrics.h"
#include "libs/telemetry/stream_metrics.h"

int main() {
  phoenix::MetricsRegistry registry;
  phoenix::PublishBuildInfo(registry, "0.1.0", "abc");
  phoenix::ComponentMetrics component(
      registry, {phoenix::ComponentKind::kSource, "http", "door \"1\""});
  component.Received(1000, 332'000);
  component.Failed(phoenix::ErrorStage::kReceiving, "MALFORMED", 2);
  component.Processed(absl::Milliseconds(3));
  component.ProcessFailed(absl::Milliseconds(3), "MALFORMED");
  phoenix::BufferMetrics buffer(registry, "orders", 64 << 20);
  buffer.Put(10, 3320);
  phoenix::PipelineMetrics pipeline(registry, "shop");
  pipeline.Received(1000, 332'000, absl::FromUnixSeconds(1'700'000'000));
  pipeline.Settled(phoenix::Settlement::kDelivered, 990);
  pipeline.ObserveDelivery(absl::Milliseconds(7), 990);
  phoenix::StreamMetrics stream(registry, "sink", "orders");
  stream.Publish({.sent_batches = 3, .available_credit_bytes = 4096});
  std::fputs(registry.Render().c_str(), stdout);
}
