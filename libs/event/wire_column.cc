#include "libs/event/wire_column.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/event/batch_fields.h"

namespace phoenix::wire {
namespace {

// Copies ranges of one blob to the end of another; equal ranges stay shared.
class RangeCopier {
 public:
  RangeCopier(std::string_view from, std::string& to) : from_(from), to_(to) {}

  ByteRange Copy(ByteRange range) {
    auto [known, is_new] = copied_.try_emplace({range.begin, range.end});
    if (is_new) {
      const auto begin = static_cast<uint32_t>(to_.size());
      to_.append(range.In(from_));
      known->second = {begin, begin + range.size()};
    }
    return known->second;
  }

 private:
  std::string_view from_;
  std::string& to_;
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, ByteRange> copied_;
};

// Whether the ranges refer to less than half of the blob.
bool IsSparse(std::string_view blob, absl::Span<const ByteRange> ranges) {
  size_t used = 0;
  for (const ByteRange range : ranges) used += range.size();
  return used < blob.size() / 2;
}

}  // namespace

Column::Column(const StringColumn& column, const Selection* rows) {
  switch (column.kind()) {
    case StringColumn::Kind::kNull:
      return;
    case StringColumn::Kind::kConstant:
      blob_ = column.blob();
      compact_ranges_ = {{0, static_cast<uint32_t>(blob_.size())}};
      ranges_ = compact_ranges_;
      break;
    case StringColumn::Kind::kSequence:
      sequence_prefix_ = column.blob().view();
      sequence_first_ = column.sequence_first();
      break;
    case StringColumn::Kind::kRanges:
      SetRanges(column.blob(), column.ranges(), StringColumn::kNullRange, rows);
      break;
  }
  Measure();
}

Column::Column(const PayloadColumn& column, const Selection* rows) {
  const auto& kinds = column.kinds.values;
  kinds_ = {reinterpret_cast<const char*>(kinds.data()), kinds.size()};
  SetRanges(column.blob, *column.ranges, ByteRange{}, rows);
  Measure();
}

void Column::SetRanges(const SharedBytes& blob,
                       const std::vector<ByteRange>& ranges, ByteRange dropped,
                       const Selection* rows) {
  blob_ = blob;
  ranges_ = ranges;
  if (rows != nullptr || IsSparse(blob_.view(), ranges_))
    Compact(dropped, rows);
}

void Column::Compact(ByteRange dropped, const Selection* rows) {
  std::string compact_blob;
  RangeCopier copier(blob_.view(), compact_blob);
  const auto copy = [&](uint32_t row) {
    const ByteRange range = ranges_[row];
    if (range == dropped) return;
    compact_ranges_[row] = copier.Copy(range);
  };
  compact_ranges_.assign(ranges_.size(), dropped);
  if (rows != nullptr) {
    for (const uint32_t row : *rows) copy(row);
  } else {
    for (uint32_t row = 0; row < ranges_.size(); ++row) copy(row);
  }
  blob_ = SharedBytes::FromString(std::move(compact_blob));
  ranges_ = compact_ranges_;
}

void Column::Measure() {
  if (!blob_.empty()) size_ += BytesFieldSize(blob_.size());
  if (!ranges_.empty()) {
    size_ += BytesFieldSize(ranges_.size() * sizeof(ByteRange));
  }
  if (!kinds_.empty()) size_ += BytesFieldSize(kinds_.size());
  if (sequence_prefix_.has_value()) {
    size_ += BytesFieldSize(sequence_prefix_->size()) + 1 +
             VarintSize(sequence_first_);
  }
}

void Column::Write(uint32_t id, FieldWriter& writer) const {
  WriteBeforeBlob(id, writer);
  writer.Raw(blob_.data(), blob_.size());
  WriteAfterBlob(writer);
}

void Column::WriteBeforeBlob(uint32_t id, FieldWriter& writer) const {
  writer.BytesHeader(id, size_);
  if (!blob_.empty()) writer.BytesHeader(batch_fields::kBlob, blob_.size());
}

void Column::WriteAfterBlob(FieldWriter& writer) const {
  if (!ranges_.empty()) {
    const size_t size = ranges_.size() * sizeof(ByteRange);
    writer.BytesHeader(batch_fields::kRanges, size);
    writer.Raw(ranges_.data(), size);
  }
  if (!kinds_.empty()) writer.Bytes(batch_fields::kPayloadKinds, kinds_);
  if (sequence_prefix_.has_value()) {
    writer.Bytes(batch_fields::kSequencePrefix, *sequence_prefix_);
    writer.Varint(batch_fields::kSequenceFirst, sequence_first_);
  }
}

}  // namespace phoenix::wire
