#include "libs/sinks/kafka/offset_ranges.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "libs/base/text.h"

namespace phoenix {

void OffsetRanges::Add(int64_t begin, int64_t end) {
  auto next = ends_.upper_bound(begin);
  if (next != ends_.begin() && std::prev(next)->second >= begin) --next;
  while (next != ends_.end() && next->first <= end) {
    begin = std::min(begin, next->first);
    end = std::max(end, next->second);
    next = ends_.erase(next);
  }
  ends_.emplace(begin, end);
  if (ends_.size() > kMaxRanges) ends_.erase(ends_.begin());
}

void OffsetRanges::Add(const OffsetRanges& other) {
  for (const auto& [begin, end] : other.ends_) Add(begin, end);
}

bool OffsetRanges::Contains(int64_t offset) const {
  const auto next = ends_.upper_bound(offset);
  return next != ends_.begin() && std::prev(next)->second > offset;
}

std::string OffsetRanges::Encode() const {
  std::string text;
  for (const auto& [begin, end] : ends_) {
    CatTo(text, text.empty() ? "" : ",", begin, "+", end - begin);
  }
  return text;
}

absl::StatusOr<OffsetRanges> OffsetRanges::Decode(std::string_view text) {
  OffsetRanges ranges;
  if (text.empty()) return ranges;
  for (const absl::string_view one : absl::StrSplit(ToAbsl(text), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(one, absl::MaxSplits('+', 1));
    int64_t begin = 0;
    int64_t size = 0;
    if (!absl::SimpleAtoi(parts.first, &begin) ||
        !absl::SimpleAtoi(parts.second, &size) || begin < 0 || size <= 0) {
      return absl::DataLossError(
          Cat("written offsets '", text.substr(0, 64),
              "' are not ranges such as '0+1000,1200+50'"));
    }
    ranges.Add(begin, begin + size);
  }
  return ranges;
}

}  // namespace phoenix
