#include "libs/rules/payload_index.h"

namespace phoenix {

const JsonIndex& PayloadIndexer::Index(const EventBatch& batch) {
  const PayloadColumn& payloads = batch.payloads();
  if (payloads.json_index != nullptr) return *payloads.json_index;
  rows_.clear();
  ranges_.clear();
  errors_.clear();
  for (uint32_t row = 0; row < batch.size(); ++row) {
    const ByteRange range = (*payloads.ranges)[row];
    if (range.size() == 0) continue;
    rows_.push_back(row);
    ranges_.push_back(range);
  }
  indexer_.Index(payloads.blob.view(), ranges_, index_, errors_);
  if (rows_.size() < batch.size()) Spread(batch.size());
  return index_;
}

// Gives the rows that were left out their place.
void PayloadIndexer::Spread(uint32_t row_count) {
  packed_first_.swap(index_.first);
  index_.first.resize(row_count + 1);
  size_t next = 0;
  for (uint32_t row = 0; row <= row_count; ++row) {
    index_.first[row] = packed_first_[next];
    if (next < rows_.size() && rows_[next] == row) ++next;
  }
}

}  // namespace phoenix
