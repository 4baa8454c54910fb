#ifndef LIBS_TELEMETRY_METRICS_SNAPSHOT_H_
#define LIBS_TELEMETRY_METRICS_SNAPSHOT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/telemetry/names.h"

namespace phoenix {

// What a histogram held at one moment.
struct HistogramValue {
  uint64_t count = 0;
  double sum = 0;  // Of all that was observed, in seconds.

  // One a bucket, not cumulative; the last is for what passes every bound.
  std::vector<uint64_t> buckets;

  // Adds what another histogram with the same buckets held.
  void Merge(const HistogramValue& other);

  // The `q` quantile (0 to 1) in seconds, interpolated within its bucket as
  // Prometheus does; 0 when nothing was observed. What passes every bound is
  // taken to be at the last one.
  double Quantile(double q) const;
};

// The values of a MetricsRegistry at one moment. A plain value.
class MetricsSnapshot {
 public:
  struct Sample {
    std::string name;  // Of the metric.
    std::map<std::string, std::string> labels;
    double value = 0;          // Counters and gauges; the sum of a histogram.
    HistogramValue histogram;  // Histograms only.
  };

  // A label and the value that it must have.
  using Where = std::vector<std::pair<std::string_view, std::string_view>>;

  explicit MetricsSnapshot(std::vector<Sample> samples)
      : samples_(std::move(samples)) {}
  MetricsSnapshot() = default;

  const std::vector<Sample>& samples() const& { return samples_; }
  const std::vector<Sample>& samples() && = delete;  // They would be gone.

  // The sum over the time series of the metric that have all these labels; 0
  // when there is none.
  double Sum(const MetricSpec& metric, const Where& where = {}) const;

  // The same by the value of one label: what each component sent, say.
  std::map<std::string, double> SumBy(const MetricSpec& metric,
                                      std::string_view label,
                                      const Where& where = {}) const;

  // All matching histograms as one.
  HistogramValue Merged(const MetricSpec& metric,
                        const Where& where = {}) const;

 private:
  std::vector<Sample> samples_;
};

}  // namespace phoenix

#endif  // LIBS_TELEMETRY_METRICS_SNAPSHOT_H_
