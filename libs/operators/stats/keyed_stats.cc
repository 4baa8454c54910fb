#include "libs/operators/stats/keyed_stats.h"

#include <algorithm>
#include <utility>

namespace phoenix {
namespace {

void SortByKey(std::vector<KeyedStats::Entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.key.view() < b.key.view();
  });
}

}  // namespace

void KeyedStats::Merge(const BatchStats& batch) {
  MutexLock lock(mutex_);
  for (const auto& [key, stats] : batch.entries()) {
    auto found = by_key_.find(key);
    if (found == by_key_.end() && by_key_.size() == max_keys_) {
      others_.Merge(stats);
      continue;
    }
    if (found == by_key_.end()) {
      found = by_key_.emplace(StatsKey(key), State()).first;
    }
    found->second.Merge(stats);
  }
}

std::vector<KeyedStats::Entry> KeyedStats::TakeChanged() {
  std::vector<Entry> changed;
  MutexLock lock(mutex_);
  for (auto& [key, state] : by_key_) {
    if (!std::exchange(state.changed, false)) continue;
    changed.push_back({key, state.stats});
  }
  SortByKey(changed);
  if (std::exchange(others_.changed, false)) {
    changed.push_back({StatsKey({StatsKey::Kind::kOthers, ""}), others_.stats});
  }
  return changed;
}

std::vector<KeyedStats::Entry> KeyedStats::All() const {
  std::vector<Entry> all;
  MutexLock lock(mutex_);
  for (const auto& [key, state] : by_key_) all.push_back({key, state.stats});
  SortByKey(all);
  return all;
}

RunningStats KeyedStats::Others() const {
  MutexLock lock(mutex_);
  return others_.stats;
}

}  // namespace phoenix
