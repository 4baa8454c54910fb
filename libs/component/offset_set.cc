#include "libs/component/offset_set.h"

#include <algorithm>

namespace phoenix {
namespace {

int64_t PageOf(int64_t offset) {
  return offset - offset % OffsetSet::kPageOffsets;
}

}  // namespace

bool OffsetSet::Contains(int64_t offset) const {
  if (offset < floor_ || offset >= end_) return false;
  const auto page = pages_.find(PageOf(offset));
  return page != pages_.end() && page->second[offset - page->first];
}

void OffsetSet::Add(int64_t begin, int64_t end) {
  begin = std::max(begin, floor_);
  while (begin < end) {
    const int64_t first = PageOf(begin);
    const int64_t stop = std::min(end, first + kPageOffsets);
    Page& page = pages_[first];
    for (; begin < stop; ++begin) page.set(begin - first);
  }
  end_ = std::max(end_, end);
}

void OffsetSet::ForEachRun(
    absl::FunctionRef<void(int64_t, int64_t)> visit) const {
  int64_t begin = 0;
  int64_t end = 0;  // Of the run so far.
  for (const auto& [first, page] : pages_) {
    for (int64_t i = 0; i < kPageOffsets; ++i) {
      if (!page[i]) continue;
      if (first + i != end) {
        if (begin < end) visit(begin, end);
        begin = first + i;
      }
      end = first + i + 1;
    }
  }
  if (begin < end) visit(begin, end);
}

void OffsetSet::RaiseFloor(int64_t floor) {
  floor_ = std::max(floor_, floor);
  end_ = std::max(end_, floor_);
  while (!pages_.empty() && pages_.begin()->first + kPageOffsets <= floor_) {
    pages_.erase(pages_.begin());
  }
}

void OffsetSet::DropLowestPage() {
  RaiseFloor(pages_.begin()->first + kPageOffsets);
}

}  // namespace phoenix
