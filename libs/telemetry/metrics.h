#ifndef LIBS_TELEMETRY_METRICS_H_
#define LIBS_TELEMETRY_METRICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "libs/telemetry/metrics_snapshot.h"
#include "libs/telemetry/names.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace phoenix {

// Handles to single time series of a MetricsRegistry: small, copied freely,
// valid as long as the registry. Thread-safe. Each call is an atomic operation
// or two, meant to be made once a batch, never once an event.

// Only grows.
class Counter {
 public:
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}

  void Add(uint64_t n) const;

  // Exact up to 2^53.
  uint64_t value() const;

 private:
  prometheus::Counter* counter_;
};

// Goes up and down.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}

  void Set(double value) const;
  void Add(double difference) const;
  double value() const;

 private:
  prometheus::Gauge* gauge_;
};

// Counts durations by size, in the buckets of DurationBuckets().
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& histogram)
      : histogram_(&histogram) {}

  // `events` things took `seconds` each.
  void Observe(double seconds, uint64_t events = 1) const;

  HistogramValue value() const;

 private:
  prometheus::Histogram* histogram_;
};

using MetricLabels = std::map<std::string, std::string>;

// The metrics of a process, published as one page. An object rather than a
// global: tests and several pipelines in one process have their own. The kits
// (component_metrics.h and its neighbours) are how most code adds metrics.
// Thread-safe.
class MetricsRegistry {
 public:
  MetricsRegistry();
  ~MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;

  // The time series of that metric with these labels, published from now on
  // and 0 until used; the same one for the same labels. `spec` must be of that
  // type and labels must be valid Prometheus names: anything else is a bug and
  // ends the program.
  Counter AddCounter(const MetricSpec& spec, const MetricLabels& labels);
  Gauge AddGauge(const MetricSpec& spec, const MetricLabels& labels);
  Histogram AddHistogram(const MetricSpec& spec, const MetricLabels& labels);

  // The Prometheus text page (content type kMetricsContentType).
  std::string Render() const;

  // All values at about this moment, for the terminal and the final report.
  MetricsSnapshot Snapshot() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr char kMetricsContentType[] =
    "text/plain; version=0.0.4; charset=utf-8";

// Publishes phoenix_build_info.
void PublishBuildInfo(MetricsRegistry& registry, const std::string& version,
                      const std::string& commit);

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_METRICS_H_
