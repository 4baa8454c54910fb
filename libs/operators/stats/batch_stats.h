#ifndef LIBS_OPERATORS_STATS_BATCH_STATS_H_
#define LIBS_OPERATORS_STATS_BATCH_STATS_H_

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libs/operators/stats/running_stats.h"
#include "libs/operators/stats/stats_key.h"

namespace phoenix {

// The statistics of one batch by key, in the order in which the keys came
// first. Keys are views of the batch. Thread-compatible.
class BatchStats {
 public:
  void Add(StatsKeyView key, double value) {
    const auto [found, added] = index_.try_emplace(key, entries_.size());
    if (added) entries_.emplace_back(key, RunningStats());
    entries_[found->second].second.Add(value);
  }

  const std::vector<std::pair<StatsKeyView, RunningStats>>& entries() const {
    return entries_;
  }

 private:
  std::unordered_map<StatsKeyView, size_t, StatsKeyHash, StatsKeyEqual> index_;
  std::vector<std::pair<StatsKeyView, RunningStats>> entries_;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_BATCH_STATS_H_
