#ifndef LIBS_OPERATORS_STATS_RUNNING_STATS_H_
#define LIBS_OPERATORS_STATS_RUNNING_STATS_H_

#include <cstdint>
#include <limits>

namespace phoenix {

// Count, mean, least and greatest of numbers that come one by one or as
// statistics of others. The mean is kept as such, not as a sum, and so stays
// exact to a few units in the last place however many numbers there are.
// Thread-compatible.
class RunningStats {
 public:
  // `value` is finite.
  void Add(double value);
  void Merge(const RunningStats& other);

  uint64_t count() const { return count_; }
  // Of no numbers: 0, and infinities that any number replaces.
  double mean() const { return mean_; }
  double min() const { return min_; }
  double max() const { return max_; }

 private:
  uint64_t count_ = 0;
  double mean_ = 0;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace phoenix

#endif  // LIBS_OPERATORS_STATS_RUNNING_STATS_H_
