#include "libs/operators/stats/running_stats.h"

#include <algorithm>

namespace phoenix {

void RunningStats::Add(double value) {
  ++count_;
  // Divided apart: the difference of two large numbers may overflow.
  mean_ += value / count_ - mean_ / count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void RunningStats::Merge(const RunningStats& other) {
  if (other.count_ == 0) return;
  count_ += other.count_;
  const double weight = static_cast<double>(other.count_) / count_;
  mean_ += other.mean_ * weight - mean_ * weight;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

}  // namespace phoenix
