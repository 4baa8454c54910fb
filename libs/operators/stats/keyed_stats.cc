#include "libs/operators/stats/keyed_stats.h"

#include <algorithm>

namespace phoenix {
namespace {

std::vector<KeyedStats::Entry> Sorted(std::vector<KeyedStats::Entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return entries;
}

}  // namespace

void KeyedStats::Merge(const BatchStats& batch) {
  MutexLock lock(mutex_);
  for (const auto& [key, stats] : batch) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      if (by_key_.size() == max_keys_) {
        overflow_count_ += stats.count();
        continue;
      }
      found = by_key_.emplace(std::string(key), State()).first;
    }
    found->second.stats.Merge(stats);
    found->second.changed = true;
  }
}

std::vector<KeyedStats::Entry> KeyedStats::TakeChanged() {
  std::vector<Entry> changed;
  {
    MutexLock lock(mutex_);
    for (auto& [key, state] : by_key_) {
      if (!std::exchange(state.changed, false)) continue;
      changed.emplace_back(key, state.stats);
    }
  }
  return Sorted(std::move(changed));
}

std::vector<KeyedStats::Entry> KeyedStats::All() const {
  std::vector<Entry> all;
  {
    MutexLock lock(mutex_);
    for (const auto& [key, state] : by_key_) all.emplace_back(key, state.stats);
  }
  return Sorted(std::move(all));
}

uint64_t KeyedStats::overflow_count() const {
  MutexLock lock(mutex_);
  return overflow_count_;
}

}  // namespace phoenix
