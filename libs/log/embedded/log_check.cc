#include "libs/log/embedded/log_check.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "libs/base/crc32c.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/record_body.h"
#include "libs/log/embedded/recovery.h"
#include "libs/log/embedded/segment_scanner.h"

namespace phoenix {
namespace {

class Survey {
 public:
  Survey(FileSystem& files, const std::string& folder,
         const EntryVisitor& visit)
      : files_(files), folder_(folder), visit_(visit) {}

  absl::StatusOr<LogSurvey> Run() {
    PHOENIX_ASSIGN_OR_RETURN(survey_.meta, ReadLogMeta(files_, folder_));
    PHOENIX_RETURN_IF_ERROR(CheckCursor());
    PHOENIX_ASSIGN_OR_RETURN(const auto bases,
                             ListSegments(files_, SegmentsFolder(folder_)));
    for (const int64_t base : bases) {
      if (stopped_) break;
      PHOENIX_RETURN_IF_ERROR(CheckSegment(base));
    }
    if (!stopped_) CheckNewest();
    return std::move(survey_);
  }

 private:
  void Find(const std::string& finding) { survey_.findings.push_back(finding); }

  absl::Status CheckCursor() {
    const auto content =
        ReadWholeFile(files_, Cat(folder_, "/", CursorFile::kName));
    if (!content.ok()) {
      Find(Cat("cursor: ", FromAbsl(content.status().message())));
      return absl::OkStatus();
    }
    const CursorContent cursor = DecodeCursorFile(*content, survey_.meta.id);
    for (const uint64_t at : cursor.damaged) {
      Find(Cat("cursor: slot at ", at, " is damaged"));
    }
    survey_.cursor = cursor.state;
    survey_.damaged_cursor_slots = static_cast<int>(cursor.damaged.size());
    return absl::OkStatus();
  }

  absl::Status CheckSegment(int64_t base) {
    const std::string name = SegmentFileName(base);
    PHOENIX_ASSIGN_OR_RETURN(
        const auto file,
        files_.Open(Cat(SegmentsFolder(folder_), "/", name), OpenMode::kRead));
    PHOENIX_ASSIGN_OR_RETURN(const auto header,
                             ReadSegmentHeader(*file, survey_.meta.id, base));
    if (!header) {
      Find(Cat(name, ": header is damaged"));
    } else {
      CheckGap(header->previous_end_offset);
    }
    Segment segment;
    segment.base_offset = base;
    segment.end_offset = base;
    PHOENIX_ASSIGN_OR_RETURN(segment.file_bytes, file->Size());
    PHOENIX_RETURN_IF_ERROR(CheckRecords(name, *file, segment));
    end_offset_ = std::max(end_offset_, segment.end_offset);
    survey_.segments.push_back(segment);
    return absl::OkStatus();
  }

  int64_t cursor() const {
    return survey_.cursor ? survey_.cursor->cursor_offset : 0;
  }

  // What lies before the first segment was deleted when it was behind the
  // cursor; nothing else is.
  void CheckGap(int64_t end) {
    const int64_t first = survey_.segments.empty() ? cursor() : end_offset_;
    if (end <= first) return;
    Find(Cat("segments with events ", first, " to ", end - 1, " are missing",
             end <= cursor() ? ", behind the cursor" : ""));
  }

  void CheckNewest() {
    const int64_t last_base =
        survey_.segments.empty() ? -1 : survey_.segments.back().base_offset;
    const int64_t end =
        EndOnRecord(survey_.cursor, survey_.damaged_cursor_slots, last_base);
    if (end <= end_offset_) return;
    Find(Cat("segments with events from ", std::max(end_offset_, cursor()),
             " on are missing",
             survey_.cursor->newest_is_final ? ", behind the cursor" : ""));
  }

  absl::Status CheckRecords(const std::string& name, const File& file,
                            Segment& segment) {
    const uint32_t salt = SegmentSalt(survey_.meta.id, segment.base_offset);
    SegmentScanner scanner(
        file,
        {.salt = salt,
         .limit = std::max<uint64_t>(segment.file_bytes, SegmentHeader::kBytes),
         .expected_offset = segment.base_offset});
    while (!stopped_) {
      PHOENIX_ASSIGN_OR_RETURN(const SegmentScanner::Step step, scanner.Next());
      if (const auto* end = std::get_if<SegmentEnd>(&step)) {
        segment.data_end = end->data_end;
        if (end->footer) {
          segment.end_offset =
              std::max(segment.end_offset, end->footer->end_offset);
        }
        return end->footer ? CheckFooter(name, file, salt, *end->footer)
                           : CheckUnsealed(name, file, salt, segment);
      }
      if (const auto* damage = std::get_if<SegmentDamage>(&step)) {
        Find(Cat(name, ": bytes ", damage->begin, " to ", damage->end,
                 damage->looks_torn ? " are torn or corrupt" : " are corrupt",
                 ", from offset ", segment.end_offset, " on"));
        segment.end_offset = damage->next_offset.value_or(segment.end_offset);
        continue;
      }
      PHOENIX_RETURN_IF_ERROR(
          CheckRecord(name, file, std::get<SegmentRecord>(step), segment));
    }
    return absl::OkStatus();
  }

  absl::Status CheckRecord(const std::string& name, const File& file,
                           const SegmentRecord& record, Segment& segment) {
    const RecordHeader& header = record.header;
    segment.end_offset = header.end_offset();
    segment.last_append_time_nanos = header.append_time_nanos;
    ++segment.record_count;
    segment.event_count += header.event_count;
    auto batch = DecodeRecordBody(header, record.body);
    if (!batch.ok()) {
      Find(Cat(name, ": ", FromAbsl(batch.status().message())));
      return absl::OkStatus();
    }
    char padding[RecordHeader::kAlignment];
    const uint64_t end = record.position + header.record_bytes();
    PHOENIX_ASSIGN_OR_RETURN(
        const size_t read,
        file.ReadAt(end, padding,
                    header.padded_bytes() - header.record_bytes()));
    if (std::any_of(padding, padding + read, [](char c) { return c != 0; })) {
      Find(Cat(name, ": padding at ", end, " is not zero"));
    }
    stopped_ = !visit_({*std::move(batch), header.first_offset, header.lane,
                        absl::FromUnixNanos(header.append_time_nanos)});
    return absl::OkStatus();
  }

  absl::Status CheckFooter(const std::string& name, const File& file,
                           uint32_t salt, const SegmentFooter& first) {
    PHOENIX_ASSIGN_OR_RETURN(const auto last, ReadFooter(file, salt));
    if (!last || *last != first) {
      Find(Cat(name, ": footer is damaged"));
      return absl::OkStatus();
    }
    std::string index(last->index_count * SegmentFooter::kEntryBytes, '\0');
    PHOENIX_ASSIGN_OR_RETURN(const size_t read,
                             file.ReadAt(last->data_end + SegmentFooter::kBytes,
                                         index.data(), index.size()));
    if (read < index.size() || Crc32c(index) != last->index_crc) {
      Find(Cat(name, ": index is damaged"));
    }
    return absl::OkStatus();
  }

  // Without the first summary, the last one tells that there was one.
  absl::Status CheckUnsealed(const std::string& name, const File& file,
                             uint32_t salt, Segment& segment) {
    PHOENIX_ASSIGN_OR_RETURN(const auto last, ReadFooter(file, salt));
    if (!last) return absl::OkStatus();
    Find(Cat(name, ": footer is damaged"));
    segment.end_offset = std::max(segment.end_offset, last->end_offset);
    return absl::OkStatus();
  }

  FileSystem& files_;
  const std::string& folder_;
  const EntryVisitor& visit_;
  LogSurvey survey_;
  int64_t end_offset_ = 0;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<LogSurvey> SurveyLog(FileSystem& files,
                                    const std::string& folder,
                                    const EntryVisitor& visit) {
  return Survey(files, folder, visit).Run();
}

absl::StatusOr<std::vector<std::string>> CheckLog(FileSystem& files,
                                                  const std::string& folder) {
  PHOENIX_ASSIGN_OR_RETURN(
      LogSurvey survey,
      SurveyLog(files, folder, [](const LogEntry&) { return true; }));
  return std::move(survey.findings);
}

}  // namespace phoenix
