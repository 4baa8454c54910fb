#include "libs/telemetry/metrics_snapshot.h"

#include <algorithm>

namespace phoenix {
namespace {

bool Matches(const MetricsSnapshot::Sample& sample, const MetricSpec& metric,
             const MetricsSnapshot::Where& where) {
  if (sample.name != metric.name) return false;
  return std::all_of(where.begin(), where.end(), [&](const auto& wanted) {
    const auto label = sample.labels.find(std::string(wanted.first));
    return label != sample.labels.end() && label->second == wanted.second;
  });
}

}  // namespace

void HistogramValue::Merge(const HistogramValue& other) {
  count += other.count;
  sum += other.sum;
  buckets.resize(std::max(buckets.size(), other.buckets.size()));
  for (size_t i = 0; i < other.buckets.size(); ++i) {
    buckets[i] += other.buckets[i];
  }
}

double HistogramValue::Quantile(double q) const {
  if (count == 0) return 0;
  const auto bounds = DurationBuckets();
  const double rank = q * static_cast<double>(count);
  double below = 0;
  for (size_t i = 0; i < bounds.size() && i < buckets.size(); ++i) {
    const auto here = static_cast<double>(buckets[i]);
    if (here > 0 && below + here >= rank) {
      const double from = i == 0 ? 0 : bounds[i - 1];
      return from + (bounds[i] - from) * (rank - below) / here;
    }
    below += here;
  }
  return bounds.back();
}

double MetricsSnapshot::Sum(const MetricSpec& metric,
                            const Where& where) const {
  double sum = 0;
  for (const Sample& sample : samples_) {
    if (Matches(sample, metric, where)) sum += sample.value;
  }
  return sum;
}

std::map<std::string, double> MetricsSnapshot::SumBy(const MetricSpec& metric,
                                                     std::string_view label,
                                                     const Where& where) const {
  std::map<std::string, double> sums;
  for (const Sample& sample : samples_) {
    if (!Matches(sample, metric, where)) continue;
    const auto it = sample.labels.find(std::string(label));
    if (it != sample.labels.end()) sums[it->second] += sample.value;
  }
  return sums;
}

HistogramValue MetricsSnapshot::Merged(const MetricSpec& metric,
                                       const Where& where) const {
  HistogramValue merged;
  for (const Sample& sample : samples_) {
    if (Matches(sample, metric, where)) merged.Merge(sample.histogram);
  }
  return merged;
}

}  // namespace phoenix
