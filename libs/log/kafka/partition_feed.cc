#include "libs/log/kafka/partition_feed.h"

#include <algorithm>
#include <utility>

#include "libs/base/status_builder.h"
#include "libs/base/text.h"
#include "libs/telemetry/log.h"

namespace phoenix {

PartitionFeed::PartitionFeed(Identity identity, int64_t start,
                             std::shared_ptr<Counters> counters)
    : identity_(std::move(identity)),
      counters_(std::move(counters)),
      next_record_(start),
      position_(FirstEventOf(start)),
      read_end_(start),
      cursor_(FirstEventOf(start)),
      final_end_(start),
      birth_(identity_.birth) {}

bool PartitionFeed::Wants(const FetchedRecord& record) const {
  return !ended_ && !rewind_to_ && blocked_.ok() &&
         record.offset >= next_record_;
}

// What the record's events name as their log; none when it is not wanted.
std::optional<std::string> PartitionFeed::NameFor(const FetchedRecord& record) {
  MutexLock lock(mutex_);
  if (!Wants(record)) return std::nullopt;
  if (!birth_) {
    birth_ = {identity_.from_beginning ? record.offset
                                       : PartitionBirth::kUnknownRecord,
              absl::ToUnixMillis(record.time)};
  }
  return birth_->LogName(identity_.log_name);
}

absl::StatusOr<LogEntry> PartitionFeed::Decode(
    const FetchedRecord& record, const std::string& log_name) const {
  const absl::Status ours = CheckPipeline(record, identity_.pipeline);
  if (!ours.ok()) {
    return StatusBuilder(ours)
        .Context(Cat("topic '", identity_.topic, "'"))
        .Build();
  }
  return DecodeLogRecord(record, log_name, identity_.partition,
                         identity_.tenure);
}

void PartitionFeed::Add(const FetchedRecord& record) {
  const std::optional<std::string> log_name = NameFor(record);
  if (!log_name) return;
  auto entry = Decode(record, *log_name);
  absl::AnyInvocable<void()> when_more;
  {
    MutexLock lock(mutex_);
    if (!Wants(record)) return;
    if (absl::IsFailedPrecondition(entry.status())) blocked_ = entry.status();
    if (blocked_.ok()) next_record_ = record.offset + 1;
    if (entry.ok()) {
      held_bytes_ += (*entry).batch->memory_bytes();
      entries_.push_back(*std::move(entry));
    }
    if (entry.ok() || !blocked_.ok()) when_more.swap(when_more_);
  }
  if (absl::IsDataLoss(entry.status())) PutAside(record, entry.status());
  if (when_more) when_more();
}

void PartitionFeed::PutAside(const FetchedRecord& record,
                             const absl::Status& why) {
  ++counters_->corrupt_records;
  counters_->corrupt_bytes += record.key.size() + record.value.size();
  Logger::Process().Error(
      "A record of the log can't be read and is passed over.",
      {{"topic", identity_.topic},
       {"partition", identity_.partition},
       {"offset", record.offset},
       {"error", why},
       {"look", Cat("kafka-console-consumer.sh --topic ", identity_.topic,
                    " --partition ", identity_.partition, " --offset ",
                    record.offset, " --max-messages 1")}});
}

size_t PartitionFeed::held_bytes() const {
  MutexLock lock(mutex_);
  return held_bytes_;
}

std::optional<int64_t> PartitionFeed::rewind() const {
  MutexLock lock(mutex_);
  return rewind_to_;
}

void PartitionFeed::RewindDone() {
  MutexLock lock(mutex_);
  rewind_to_.reset();
}

uint64_t PartitionFeed::Rewind(int64_t offset) {
  const int64_t record = RecordOf(offset);
  MutexLock lock(mutex_);
  position_ = offset;
  when_more_ = nullptr;
  // What comes next is not behind it: then that is passed over.
  if (record >= read_end_) return ++reader_;
  entries_.clear();
  held_bytes_ = 0;
  blocked_ = absl::OkStatus();
  while (!read_.empty() && read_.back().record >= record) read_.pop_back();
  next_record_ = read_end_ = record;
  rewind_to_ = record;
  return ++reader_;
}

absl::StatusOr<std::optional<LogEntry>> PartitionFeed::Next(uint64_t reader) {
  MutexLock lock(mutex_);
  if (reader != reader_) return std::nullopt;
  while (!entries_.empty()) {
    LogEntry entry = std::move(entries_.front());
    entries_.pop_front();
    held_bytes_ -= entry.batch->memory_bytes();
    const int64_t record = RecordOf(entry.first_offset);
    read_end_ = record + 1;
    if (entry.end_offset() > cursor_) {
      read_.push_back({record, entry.end_offset()});
    }
    if (entry.end_offset() <= position_) continue;
    position_ = entry.end_offset();
    return entry;
  }
  if (!blocked_.ok()) return blocked_;
  return std::nullopt;
}

void PartitionFeed::WhenMore(uint64_t reader,
                             absl::AnyInvocable<void()> callback) {
  MutexLock lock(mutex_);
  if (reader == reader_ && !ended_) when_more_ = std::move(callback);
}

absl::AnyInvocable<void()> PartitionFeed::TakeDueCallback() {
  MutexLock lock(mutex_);
  if (entries_.empty() && blocked_.ok()) return nullptr;
  return std::exchange(when_more_, nullptr);
}

int64_t PartitionFeed::position() const {
  MutexLock lock(mutex_);
  return position_;
}

int64_t PartitionFeed::read_end() const {
  MutexLock lock(mutex_);
  return read_end_;
}

absl::Status PartitionFeed::SetCursor(int64_t offset) {
  MutexLock lock(mutex_);
  if (offset > std::max(position_, cursor_)) {
    return absl::OutOfRangeError(Cat("cursor ", offset, ": partition ",
                                     identity_.partition, " was read up to ",
                                     position_));
  }
  cursor_ = std::max(cursor_, offset);
  while (!read_.empty() && read_.front().end_offset <= cursor_) {
    final_end_ = read_.front().record + 1;
    read_.pop_front();
  }
  return absl::OkStatus();
}

int64_t PartitionFeed::cursor() const {
  MutexLock lock(mutex_);
  return cursor_;
}

// What lies before the first that was read and is not final was put aside.
int64_t PartitionFeed::final_end() const {
  MutexLock lock(mutex_);
  return read_.empty() ? final_end_
                       : std::max(final_end_, read_.front().record);
}

std::optional<PartitionBirth> PartitionFeed::birth() const {
  MutexLock lock(mutex_);
  return birth_;
}

int64_t PartitionFeed::next_record() const {
  MutexLock lock(mutex_);
  return next_record_;
}

void PartitionFeed::End() {
  absl::AnyInvocable<void()> when_more;
  MutexLock lock(mutex_);
  ended_ = true;
  entries_.clear();
  held_bytes_ = 0;
  when_more.swap(when_more_);
}

}  // namespace phoenix
