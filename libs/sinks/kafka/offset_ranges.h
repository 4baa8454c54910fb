#ifndef LIBS_SINKS_KAFKA_OFFSET_RANGES_H_
#define LIBS_SINKS_KAFKA_OFFSET_RANGES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace phoenix {

// Which offsets of a partition have been written. Ranges and not one position:
// events of a partition come on several lanes, so a batch may overtake another.
// Thread-compatible.
class OffsetRanges {
 public:
  // What fits the 4 KiB that a cluster keeps beside a committed offset. Beyond
  // it the lowest are forgotten: what is sent again is close to the highest.
  static constexpr size_t kMaxRanges = 150;

  // Adds the offsets [begin, end).
  void Add(int64_t begin, int64_t end);
  void Add(const OffsetRanges& other);

  bool Contains(int64_t offset) const;
  bool empty() const { return ends_.empty(); }

  // After the highest offset; 0 when there is none.
  int64_t end() const { return empty() ? 0 : ends_.rbegin()->second; }
  size_t size() const { return ends_.size(); }

  // As text, and back; DATA_LOSS when it is none.
  std::string Encode() const;
  static absl::StatusOr<OffsetRanges> Decode(std::string_view text);

 private:
  std::map<int64_t, int64_t> ends_;  // By begin; they never touch each other.
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_OFFSET_RANGES_H_
