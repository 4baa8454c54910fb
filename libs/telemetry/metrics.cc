#include "libs/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/base/internal/raw_logging.h"

namespace phoenix {
namespace {

void CheckType(const MetricSpec& spec, MetricType type) {
  if (spec.type == type) return;
  ABSL_RAW_LOG(FATAL, "metric '%s' is of another type",
               std::string(spec.name).c_str());
}

prometheus::Histogram::BucketBoundaries Boundaries() {
  const auto bounds = DurationBuckets();
  return {bounds.begin(), bounds.end()};
}

HistogramValue ToValue(const prometheus::ClientMetric::Histogram& histogram) {
  HistogramValue value;
  value.count = histogram.sample_count;
  value.sum = histogram.sample_sum;
  uint64_t below = 0;
  for (const auto& bucket : histogram.bucket) {
    value.buckets.push_back(bucket.cumulative_count - below);
    below = bucket.cumulative_count;
  }
  return value;
}

MetricsSnapshot::Sample ToSample(const prometheus::MetricFamily& family,
                                 const prometheus::ClientMetric& metric) {
  MetricsSnapshot::Sample sample;
  sample.name = family.name;
  for (const auto& label : metric.label) {
    sample.labels[label.name] = label.value;
  }
  switch (family.type) {
    case prometheus::MetricType::Counter:
      sample.value = metric.counter.value;
      break;
    case prometheus::MetricType::Histogram:
      sample.histogram = ToValue(metric.histogram);
      sample.value = sample.histogram.sum;
      break;
    default:
      sample.value = metric.gauge.value;
  }
  return sample;
}

}  // namespace

void Counter::Add(uint64_t n) const {
  counter_->Increment(static_cast<double>(n));
}

uint64_t Counter::value() const {
  return static_cast<uint64_t>(counter_->Value());
}

void Gauge::Set(double value) const { gauge_->Set(value); }

void Gauge::Add(double difference) const { gauge_->Increment(difference); }

double Gauge::value() const { return gauge_->Value(); }

void Histogram::Observe(double seconds, uint64_t events) const {
  if (events == 1) {
    histogram_->Observe(seconds);
    return;
  }
  const auto bounds = DurationBuckets();
  const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), seconds);
  std::vector<double> increments(bounds.size() + 1);
  const auto count = static_cast<double>(events);
  increments[bucket - bounds.begin()] = count;
  histogram_->ObserveMultiple(increments, seconds * count);
}

HistogramValue Histogram::value() const {
  return ToValue(histogram_->Collect().histogram);
}

struct MetricsRegistry::Impl {
  prometheus::Registry registry;

  // The family of the metric, made on first use.
  template <typename Builder>
  auto& Family(Builder builder, const MetricSpec& spec) {
    return builder.Name(std::string(spec.name))
        .Help(std::string(spec.help))
        .Register(registry);
  }
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Counter MetricsRegistry::AddCounter(const MetricSpec& spec,
                                    const MetricLabels& labels) {
  CheckType(spec, MetricType::kCounter);
  return Counter(impl_->Family(prometheus::BuildCounter(), spec).Add(labels));
}

Gauge MetricsRegistry::AddGauge(const MetricSpec& spec,
                                const MetricLabels& labels) {
  CheckType(spec, MetricType::kGauge);
  return Gauge(impl_->Family(prometheus::BuildGauge(), spec).Add(labels));
}

Histogram MetricsRegistry::AddHistogram(const MetricSpec& spec,
                                        const MetricLabels& labels) {
  CheckType(spec, MetricType::kHistogram);
  return Histogram(impl_->Family(prometheus::BuildHistogram(), spec)
                       .Add(labels, Boundaries()));
}

std::string MetricsRegistry::Render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

MetricsSnapshot MetricsRegistry::Snapshot() const {
  std::vector<MetricsSnapshot::Sample> samples;
  for (const auto& family : impl_->registry.Collect()) {
    for (const auto& metric : family.metric) {
      samples.push_back(ToSample(family, metric));
    }
  }
  return MetricsSnapshot(std::move(samples));
}

void PublishBuildInfo(MetricsRegistry& registry, const std::string& version,
                      const std::string& commit) {
  const MetricLabels labels = {{label::kVersion, version},
                               {label::kCommit, commit}};
  registry.AddGauge(metric::kBuildInfo, labels).Set(1);
}

}  // namespace phoenix
