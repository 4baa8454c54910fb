#include "libs/log/embedded/committer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/event/identity_field.h"
#include "libs/log/embedded/record_header.h"

namespace phoenix {
namespace {

constexpr char kPadding[RecordHeader::kAlignment] = {};

}  // namespace

// The pieces of a group as they are written, and what keeps them alive beside
// the batches.
struct Committer::Group {
  std::vector<std::array<char, RecordHeader::kBytes>> headers;
  std::vector<std::string> identities;
  std::vector<std::string_view> pieces;
  std::vector<IndexEntry> records;
  std::vector<LogEntry> entries;
  Segment segment;  // With the group in it.
};

Committer::Committer(CommitterOptions options, FileSystem& files, Clock& clock,
                     Catalog& catalog, const Segment& last, int64_t next_offset)
    : options_(std::move(options)),
      files_(files),
      clock_(clock),
      catalog_(catalog),
      last_end_offset_(last.end_offset),
      next_offset_(next_offset),
      last_time_nanos_(last.last_append_time_nanos) {}

absl::StatusOr<std::vector<EventBatchPtr>> Committer::Commit(
    absl::Span<PendingAppend> group) {
  uint64_t bytes = 0;
  for (const PendingAppend& append : group) bytes += append.record_bytes();
  PHOENIX_RETURN_IF_ERROR(EnsureSegment(bytes));
  // Replay by time relies on times that never go back.
  last_time_nanos_ =
      std::max(last_time_nanos_, absl::ToUnixNanos(clock_.Now()));
  Group prepared = Prepare(group);
  const absl::Status stored = Store(prepared);
  if (!stored.ok()) return Refuse(prepared, stored);
  std::vector<EventBatchPtr> batches;
  for (const LogEntry& entry : prepared.entries) {
    batches.push_back(entry.batch);
  }
  writer_->Keep(prepared.segment, prepared.records);
  next_offset_ = prepared.segment.end_offset;
  catalog_.AddEntries(prepared.segment, prepared.records,
                      std::move(prepared.entries));
  return batches;
}

absl::Status Committer::EnsureSegment(uint64_t group_bytes) {
  const bool is_full =
      writer_ && !writer_->segment().empty() &&
      writer_->segment().data_end + group_bytes > options_.segment_bytes;
  // An unsealed segment costs time when the log is opened, nothing else.
  if (is_full) SealSegment(/*sync=*/false).IgnoreError();
  return writer_ ? absl::OkStatus() : BeginSegment();
}

absl::Status Committer::EnsureRoom(uint64_t group_bytes) {
  PHOENIX_RETURN_IF_ERROR(EnsureSegment(group_bytes));
  return writer_->Allocate(group_bytes);
}

absl::Status Committer::BeginSegment() {
  SegmentHeader header;
  header.log_id = options_.log_id;
  header.base_offset = next_offset_;
  header.previous_end_offset = last_end_offset_;
  header.create_time_nanos = absl::ToUnixNanos(clock_.Now());
  PHOENIX_ASSIGN_OR_RETURN(
      SegmentWriter writer,
      SegmentWriter::Create(files_, options_.segments_folder, header,
                            options_.segment_bytes));
  writer_ = std::move(writer);
  catalog_.AddSegment(writer_->segment());
  return absl::OkStatus();
}

EventBatchPtr Committer::Identified(const EventBatchPtr& batch,
                                    int64_t offset) const {
  if (options_.keep_identity && batch->identity().first_offset >= 0) {
    return batch;
  }
  EventBatch::Columns columns = batch->columns();
  columns.identity = {options_.log_name, 0, offset};
  return std::make_shared<const EventBatch>(std::move(columns));
}

Committer::Group Committer::Prepare(absl::Span<PendingAppend> appends) const {
  Group group;
  group.headers.reserve(appends.size());
  group.identities.reserve(appends.size());
  Segment segment = writer_->segment();
  segment.end_offset = next_offset_;
  for (PendingAppend& append : appends) {
    RecordHeader header = append.body.header;
    header.first_offset = segment.end_offset;
    header.lane = append.lane;
    header.append_time_nanos = last_time_nanos_;
    EventBatchPtr batch = Identified(append.batch, header.first_offset);
    const bool is_new = batch != append.batch;
    AddIdentity(group.identities.emplace_back(
                    is_new ? EncodeIdentityField(batch->identity()) : ""),
                header);
    const auto& encoded = group.headers.emplace_back(
        EncodeRecordHeader(header, {writer_->salt(), segment.data_end}));
    group.pieces.emplace_back(encoded.data(), encoded.size());
    for (const SharedBytes& piece : append.body.message.pieces()) {
      group.pieces.push_back(piece.view());
    }
    group.pieces.push_back(group.identities.back());
    group.pieces.emplace_back(kPadding,
                              header.padded_bytes() - header.record_bytes());
    group.records.push_back(
        {header.first_offset, segment.data_end, header.append_time_nanos});
    group.entries.push_back({std::move(batch), header.first_offset, append.lane,
                             absl::FromUnixNanos(header.append_time_nanos)});
    segment.data_end += header.padded_bytes();
    segment.end_offset = header.end_offset();
    segment.event_count += header.event_count;
    ++segment.record_count;
  }
  segment.last_append_time_nanos = last_time_nanos_;
  segment.file_bytes = segment.data_end;
  group.segment = segment;
  return group;
}

absl::Status Committer::Store(Group& group) {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.append.before_write"));
  PHOENIX_RETURN_IF_ERROR(writer_->Write(group.pieces));
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.append.after_write"));
  if (options_.durability == Durability::kOs) return absl::OkStatus();
  const absl::Status synced = Sync();
  if (synced.ok()) return PHOENIX_FAILPOINT("log.append.after_sync");
  // Whatever it was, nobody knows what is durable: a full disk among them.
  return absl::UnavailableError(synced.message());
}

absl::Status Committer::Sync() {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("log.append.before_sync"));
  ++syncs_;
  return writer_->Sync();
}

absl::Status Committer::Refuse(const Group& group, const absl::Status& status) {
  // A write that found no room has synced nothing: cut back, the segment is
  // what it was, and the offsets are free.
  if (absl::IsResourceExhausted(status) && writer_->CutBack().ok()) {
    return status;
  }
  next_offset_ = group.segment.end_offset;
  EndSegment().IgnoreError();
  writer_.reset();
  return status;
}

// An empty one stays as it is: the next would have its name.
absl::Status Committer::SealSegment(bool sync) {
  if (!writer_ || writer_->segment().empty()) return absl::OkStatus();
  absl::Status status = EndSegment();
  if (status.ok() && sync) {
    ++syncs_;
    status = writer_->Sync();
  }
  writer_.reset();
  return status;
}

absl::Status Committer::SealOlderThan(absl::Duration age) {
  if (!writer_) return absl::OkStatus();
  const auto begun = absl::FromUnixNanos(writer_->segment().create_time_nanos);
  if (clock_.Now() - begun < age) return absl::OkStatus();
  return SealSegment(/*sync=*/false);
}

absl::Status Committer::EndSegment() {
  const absl::Status sealed = writer_->Seal();
  last_end_offset_ = writer_->segment().end_offset;
  catalog_.SealLast(writer_->segment().file_bytes);
  return sealed;
}

}  // namespace phoenix
