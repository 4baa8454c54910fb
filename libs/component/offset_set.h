#ifndef LIBS_COMPONENT_OFFSET_SET_H_
#define LIBS_COMPONENT_OFFSET_SET_H_

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>

#include "absl/functional/function_ref.h"

namespace phoenix {

// Offsets of one partition of a log: which of its events a sink has written. A
// bit each, in pages, since a sink gets only the rows that were routed to it,
// and from several lanes at once, so that neither a highest offset nor a few
// ranges would do. Below a floor it knows nothing. Thread-compatible.
class OffsetSet {
 public:
  // Some batches' worth.
  static constexpr int64_t kPageOffsets = 4096;

  // Memory of one page, what the map adds among it.
  static constexpr size_t kPageBytes = kPageOffsets / 8 + 64;

  // False for what lies below the floor.
  bool Contains(int64_t offset) const;

  // Adds [begin, end), less what lies below the floor. 0 <= begin.
  void Add(int64_t begin, int64_t end);

  // Calls `visit` with each run of offsets [begin, end), ascending.
  void ForEachRun(absl::FunctionRef<void(int64_t, int64_t)> visit) const;

  // What lies below is unknown: forgotten.
  int64_t floor() const { return floor_; }
  void RaiseFloor(int64_t floor);

  // Forgets the lowest page, of at least one.
  void DropLowestPage();

  // After the highest offset; the floor when there is none.
  int64_t end() const { return end_; }

  size_t page_count() const { return pages_.size(); }

 private:
  using Page = std::bitset<kPageOffsets>;

  std::map<int64_t, Page> pages_;  // By the offset of the first bit.
  int64_t floor_ = 0;
  int64_t end_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_COMPONENT_OFFSET_SET_H_
