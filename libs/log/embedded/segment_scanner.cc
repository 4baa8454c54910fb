#include "libs/log/embedded/segment_scanner.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "libs/base/crc32c.h"
#include "libs/base/status_macros.h"
#include "libs/log/embedded/little_endian.h"

namespace phoenix {
namespace {

// What a disk writes whole or not at all.
constexpr uint64_t kSectorBytes = 512;
// The end of a record is never zeros as long as this: it ends with a message.
constexpr uint64_t kZerosThatTell = 8;

bool AllZero(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

uint64_t RoundUp(uint64_t number, uint64_t to) {
  return (number + to - 1) / to * to;
}

}  // namespace

// Something with a valid checksum from which reading can go on.
struct SegmentScanner::Landmark {
  uint64_t position = 0;
  int64_t next_offset = 0;
};

// At least `size` bytes from `position`, fewer only at the limit.
absl::StatusOr<SharedBytes> SegmentScanner::Window(uint64_t position,
                                                   uint64_t size) {
  position = std::min(position, limit_);
  size = std::min(size, limit_ - position);
  if (position < window_begin_ ||
      position + size > window_begin_ + window_.size()) {
    const uint64_t wanted =
        std::min(std::max(size, kWindowBytes), limit_ - position);
    auto bytes = std::make_shared_for_overwrite<char[]>(wanted);
    PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                             file_.ReadAt(position, bytes.get(), wanted));
    const std::string_view view(bytes.get(), read);
    window_ = SharedBytes(std::move(bytes), view);
    window_begin_ = position;
  }
  return window_.Part(position - window_begin_, window_.size());
}

absl::StatusOr<SegmentScanner::Step> SegmentScanner::Next() {
  PHOENIX_ASSIGN_OR_RETURN(const SharedBytes bytes,
                           Window(position_, RecordHeader::kBytes));
  const auto header = DecodeRecordHeader(bytes.view(), {salt_, position_});
  if (header && header->first_offset >= expected_offset_) {
    return ReadRecord(*header);
  }
  return EndOrDamage(bytes.view());
}

absl::StatusOr<SegmentScanner::Step> SegmentScanner::ReadRecord(
    const RecordHeader& header) {
  const uint64_t begin = position_;
  const uint64_t end = begin + header.record_bytes();
  expected_offset_ = header.end_offset();
  position_ = std::min(begin + header.padded_bytes(), limit_);
  if (end > limit_) {
    return Step(SegmentDamage{begin, limit_, expected_offset_, true});
  }
  PHOENIX_ASSIGN_OR_RETURN(const SharedBytes bytes,
                           Window(begin, header.record_bytes()));
  if (bytes.size() < header.record_bytes()) {
    return Step(SegmentDamage{begin, position_, expected_offset_, true});
  }
  const SharedBytes body =
      bytes.Part(RecordHeader::kBytes, header.record_bytes());
  if (Crc32c(body.view()) == header.body_crc) {
    return Step(SegmentRecord{header, body, begin});
  }
  PHOENIX_ASSIGN_OR_RETURN(const bool torn, LooksTorn(begin, end));
  return Step(SegmentDamage{begin, position_, expected_offset_, torn});
}

absl::StatusOr<SegmentScanner::Step> SegmentScanner::EndOrDamage(
    std::string_view at_position) {
  const auto footer = DecodeSegmentFooter(at_position, salt_);
  if (footer && footer->data_end == position_) {
    return Step(SegmentEnd{position_, footer});
  }
  PHOENIX_ASSIGN_OR_RETURN(const bool zero, IsZero(position_, limit_));
  if (zero) return Step(SegmentEnd{position_, std::nullopt});
  return Resynchronise();
}

absl::StatusOr<SegmentScanner::Step> SegmentScanner::Resynchronise() {
  const uint64_t begin = position_;
  PHOENIX_ASSIGN_OR_RETURN(const auto landmark,
                           FindLandmark(begin + RecordHeader::kAlignment));
  if (landmark) {
    position_ = landmark->position;
    return Step(SegmentDamage{begin, position_, landmark->next_offset, false});
  }
  const bool is_short = limit_ - begin < RecordHeader::kBytes;
  PHOENIX_ASSIGN_OR_RETURN(const bool torn, LooksTorn(begin, limit_));
  position_ = limit_;
  return Step(SegmentDamage{begin, limit_, std::nullopt, is_short || torn});
}

absl::StatusOr<std::optional<SegmentScanner::Landmark>>
SegmentScanner::FindLandmark(uint64_t from) {
  while (from + RecordHeader::kBytes <= limit_) {
    PHOENIX_ASSIGN_OR_RETURN(const SharedBytes bytes,
                             Window(from, RecordHeader::kBytes));
    std::string_view rest = bytes.view();
    // The file is shorter than its limit.
    if (rest.size() < RecordHeader::kBytes) break;
    while (rest.size() >= RecordHeader::kBytes) {
      if (const auto landmark = LandmarkAt(rest, from)) return landmark;
      rest.remove_prefix(RecordHeader::kAlignment);
      from += RecordHeader::kAlignment;
    }
  }
  return std::nullopt;
}

std::optional<SegmentScanner::Landmark> SegmentScanner::LandmarkAt(
    std::string_view bytes, uint64_t position) const {
  const auto header = DecodeRecordHeader(bytes, {salt_, position});
  if (header && header->first_offset >= expected_offset_) {
    return Landmark{position, header->first_offset};
  }
  const auto footer = DecodeSegmentFooter(bytes, salt_);
  if (footer && footer->data_end == position &&
      footer->end_offset >= expected_offset_) {
    return Landmark{position, footer->end_offset};
  }
  return std::nullopt;
}

absl::StatusOr<bool> SegmentScanner::IsZero(uint64_t begin, uint64_t end) {
  while (begin < end) {
    PHOENIX_ASSIGN_OR_RETURN(const SharedBytes bytes, Window(begin, 1));
    if (bytes.empty()) break;
    if (!AllZero(bytes.view())) return false;
    begin += bytes.size();
  }
  return true;
}

absl::StatusOr<bool> SegmentScanner::LooksTorn(uint64_t begin, uint64_t end) {
  const uint64_t tail = std::max(begin, end - std::min(end, kZerosThatTell));
  PHOENIX_ASSIGN_OR_RETURN(const bool ends_in_zeros, IsZero(tail, end));
  if (ends_in_zeros) return true;
  for (uint64_t sector = RoundUp(begin, kSectorBytes);
       sector + kSectorBytes <= end; sector += kSectorBytes) {
    PHOENIX_ASSIGN_OR_RETURN(const SharedBytes bytes,
                             Window(sector, kSectorBytes));
    if (AllZero(bytes.view().substr(0, kSectorBytes))) return true;
  }
  return false;
}

}  // namespace phoenix
