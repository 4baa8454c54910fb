#ifndef LIBS_OPERATORS_STATS_KEYED_STATS_H_
#define LIBS_OPERATORS_STATS_KEYED_STATS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/operators/stats/running_stats.h"

namespace phoenix {

// The statistics of one batch by key; keys are views of the batch.
using BatchStats = std::unordered_map<std::string_view, RunningStats>;

// Statistics by key, of a bounded number of keys: later ones are counted
// together. Thread-safe; the lock is taken once a batch.
class KeyedStats {
 public:
  using Entry = std::pair<std::string, RunningStats>;

  explicit KeyedStats(size_t max_keys) : max_keys_(max_keys) {}

  // Adds those of a batch.
  void Merge(const BatchStats& batch);

  // Those that have changed since the last call, sorted by key.
  std::vector<Entry> TakeChanged();

  // All, sorted by key.
  std::vector<Entry> All() const;

  // Events whose key there was no room for.
  uint64_t overflow_count() const;

 private:
  struct State {
    RunningStats stats;
    bool changed = false;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  const size_t max_keys_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, State, Hash, std::equal_to<>> by_key_
      ABSL_GUARDED_BY(mutex_);
  uint64_t overflow_count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_KEYED_STATS_H_
