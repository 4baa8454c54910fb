#ifndef LIBS_OPERATORS_STATS_KEYED_STATS_H_
#define LIBS_OPERATORS_STATS_KEYED_STATS_H_

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "libs/base/mutex.h"
#include "libs/operators/stats/batch_stats.h"
#include "libs/operators/stats/running_stats.h"
#include "libs/operators/stats/stats_key.h"

namespace phoenix {

// Statistics by key, of a bounded number of keys: those that came first. All
// others are counted together. Thread-safe; the lock is taken once a batch.
class KeyedStats {
 public:
  struct Entry {
    StatsKey key;
    RunningStats stats;
  };

  // What a key takes beside its text: a node of the table and its place in it.
  static constexpr size_t kKeyBytes = 192;

  explicit KeyedStats(size_t max_keys) : max_keys_(max_keys) {}

  // Adds those of a batch; of new keys the first ones get the room that is
  // left.
  void Merge(const BatchStats& batch);

  // Those that have changed since the last call, sorted by key, kOthers last.
  std::vector<Entry> TakeChanged();

  // All but kOthers, sorted by key.
  std::vector<Entry> All() const;

  // Those of the keys that there was no room for.
  RunningStats Others() const;

 private:
  struct State {
    RunningStats stats;
    bool changed = false;

    void Merge(const RunningStats& more) {
      stats.Merge(more);
      changed = true;
    }
  };

  const size_t max_keys_;
  mutable Mutex mutex_;
  std::unordered_map<StatsKey, State, StatsKeyHash, StatsKeyEqual> by_key_
      ABSL_GUARDED_BY(mutex_);
  State others_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_KEYED_STATS_H_
