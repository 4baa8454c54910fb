#include "libs/log/embedded/segment_content.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "libs/base/status_macros.h"
#include "libs/log/embedded/segment_scanner.h"

namespace phoenix {
namespace {

class ContentReader {
 public:
  ContentReader(const Segment& segment, int64_t successor_end,
                int64_t end_on_record)
      : successor_end_(successor_end), end_on_record_(end_on_record) {
    content_.segment = segment;
    content_.segment.end_offset = segment.base_offset;
    content_.segment.data_end = SegmentHeader::kBytes;
  }

  absl::StatusOr<SegmentContent> Read(SegmentScanner& scanner) {
    while (true) {
      const int64_t offset = scanner.expected_offset();
      PHOENIX_ASSIGN_OR_RETURN(const SegmentScanner::Step step, scanner.Next());
      if (const auto* record = std::get_if<SegmentRecord>(&step)) {
        if (record->header.first_offset >= successor_end_) break;
        SettleDamage(/*at_end=*/false);
        Add(*record);
      } else if (const auto* damage = std::get_if<SegmentDamage>(&step)) {
        if (offset >= successor_end_) break;
        SettleDamage(/*at_end=*/false);
        damage_ = Damage{*damage, offset};
      } else {
        break;
      }
    }
    SettleDamage(/*at_end=*/true);
    return std::move(content_);
  }

 private:
  struct Damage {
    SegmentDamage place;
    int64_t first_offset = 0;
  };

  void Add(const SegmentRecord& record) {
    Segment& segment = content_.segment;
    const RecordHeader& header = record.header;
    segment.end_offset = header.end_offset();
    segment.data_end = record.position + header.padded_bytes();
    segment.last_append_time_nanos = header.append_time_nanos;
    ++segment.record_count;
    segment.event_count += header.event_count;
    content_.index.Add(
        {header.first_offset, record.position, header.append_time_nanos});
  }

  // What the last damage was shows in what follows it.
  void SettleDamage(bool at_end) {
    if (!damage_) return;
    Damage damage = *std::exchange(damage_, std::nullopt);
    const bool is_last = at_end && successor_end_ == kNoSuccessor;
    const bool was_acked = damage.first_offset < end_on_record_;
    if (is_last && damage.place.looks_torn && !was_acked) {
      content_.torn_bytes = damage.place.end - damage.place.begin;
      return;
    }
    if (is_last) SettleEnd(damage.place, was_acked);
    AddCorrupt(damage);
  }

  // Behind what was cut off there was perhaps more.
  void SettleEnd(SegmentDamage& place, bool was_acked) {
    const int64_t end = place.next_offset.value_or(-1);
    if (end < end_on_record_ || end < 0 || place.looks_torn) {
      content_.unknown_events = kMinUnknownOffsets;
    }
    if (was_acked) place.next_offset = std::max(end, end_on_record_);
  }

  void AddCorrupt(const Damage& damage) {
    const SegmentDamage& place = damage.place;
    const int64_t end =
        std::min(place.next_offset.value_or(successor_end_), successor_end_);
    CorruptRecord corrupt{content_.segment.base_offset, place.begin, place.end,
                          0};
    if (end != kNoSuccessor) {
      corrupt.lost_events = static_cast<uint64_t>(end - damage.first_offset);
      content_.segment.end_offset = end;
    }
    content_.segment.data_end = (place.end + RecordHeader::kAlignment - 1) &
                                ~uint64_t{RecordHeader::kAlignment - 1};
    content_.corrupt.push_back(corrupt);
  }

  const int64_t successor_end_;
  const int64_t end_on_record_;
  SegmentContent content_;
  std::optional<Damage> damage_;
};

}  // namespace

absl::StatusOr<SegmentContent> ReadSegmentContent(const File& file,
                                                  uint32_t salt,
                                                  const Segment& segment,
                                                  int64_t successor_end,
                                                  int64_t end_on_record) {
  PHOENIX_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  SegmentScanner scanner(
      file, {.salt = salt,
             .limit = std::max<uint64_t>(size, SegmentHeader::kBytes),
             .expected_offset = segment.base_offset});
  return ContentReader(segment, successor_end, end_on_record).Read(scanner);
}

}  // namespace phoenix
