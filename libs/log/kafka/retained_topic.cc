#include "libs/log/kafka/retained_topic.h"

#include <algorithm>
#include <deque>
#include <optional>

#include "libs/base/status_builder.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/kafka/handles.h"
#include "libs/log/kafka/fetched_record.h"
#include "libs/log/kafka/log_record.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// The log's own record before which nothing of the range is.
int64_t FirstRecordOf(const LogRange& range) {
  return RecordOf(range.from_offset);
}

class TopicReader : public RetainedReader {
 public:
  TopicReader(const TopicSnapshot& snapshot, std::string pipeline,
              const LogRange& range)
      : snapshot_(snapshot),
        pipeline_(std::move(pipeline)),
        range_(range),
        partition_(std::max(range.partition, 0)),
        position_(range.from_offset),
        log_name_(Cat(snapshot.topic(), "@", snapshot.cluster())) {}

  absl::StatusOr<std::optional<LogEntry>> Next() override {
    if (reader_ == nullptr) PHOENIX_RETURN_IF_ERROR(Begin());
    while (true) {
      PHOENIX_ASSIGN_OR_RETURN(const KafkaMessagePtr record, reader_->Next());
      if (record == nullptr ||
          FirstEventOf(record->offset) >= range_.to_offset) {
        return std::nullopt;
      }
      PHOENIX_ASSIGN_OR_RETURN(auto entry, Decode(*record));
      if (!entry || !IsInRange(*entry)) continue;
      position_ = entry->end_offset();
      return entry;
    }
  }

  void WhenMore(absl::AnyInvocable<void()>) override {}
  int64_t position() const override { return position_; }
  uint64_t unreadable_stretches() const override { return unreadable_; }

 private:
  absl::Status Begin() {
    int64_t first = FirstRecordOf(range_);
    if (range_.from_time > absl::UnixEpoch()) {
      PHOENIX_ASSIGN_OR_RETURN(
          const int64_t then,
          snapshot_.FindOffset(partition_, range_.from_time));
      first = std::max(first, then);
    }
    PHOENIX_ASSIGN_OR_RETURN(reader_, snapshot_.Read(partition_, first));
    return absl::OkStatus();
  }

  // Times are those of many clocks: they need not ascend.
  bool IsInRange(const LogEntry& entry) const {
    return entry.end_offset() > position_ &&
           entry.append_time >= range_.from_time &&
           entry.append_time < range_.to_time;
  }

  absl::StatusOr<std::optional<LogEntry>> Decode(
      const rd_kafka_message_t& record) {
    const FetchedRecord fetched = FetchedRecordOf(record);
    const absl::Status ours = CheckPipeline(fetched, pipeline_);
    if (!ours.ok()) {
      return StatusBuilder(ours)
          .Context(Cat("topic '", snapshot_.topic(), "'"))
          .Build();
    }
    auto entry = DecodeLogRecord(fetched, log_name_, partition_);
    if (entry.ok()) return *std::move(entry);
    if (!absl::IsDataLoss(entry.status())) return entry.status();
    ++unreadable_;
    Logger::Process().Warn("A record of the log can't be read.",
                           {{"topic", snapshot_.topic()},
                            {"partition", partition_},
                            {"error", entry.status()}});
    return std::nullopt;
  }

  const TopicSnapshot& snapshot_;
  const std::string pipeline_;
  const LogRange range_;
  const int32_t partition_;
  int64_t position_;
  const std::string log_name_;
  std::unique_ptr<SnapshotReader> reader_;
  uint64_t unreadable_ = 0;
};

// Keeps the offset of the last `wanted` of the events that it is shown.
class LastEvents {
 public:
  explicit LastEvents(int64_t wanted) : wanted_(wanted) {}

  void Add(const LogEntry& entry) {
    batches_.push_back({entry.first_offset, entry.batch->size()});
    count_ += entry.batch->size();
    while (count_ - batches_.front().size >= wanted_) {
      count_ -= batches_.front().size;
      batches_.pop_front();
    }
  }

  std::optional<int64_t> offset() const {
    if (batches_.empty()) return std::nullopt;
    return batches_.front().first_offset +
           std::max<int64_t>(count_ - wanted_, 0);
  }

 private:
  struct Batch {
    int64_t first_offset = 0;
    int64_t size = 0;
  };

  const int64_t wanted_;
  int64_t count_ = 0;
  std::deque<Batch> batches_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RetainedTopic>> RetainedTopic::Open(
    const KafkaLogOptions& options) {
  auto snapshot = TopicSnapshot::Open(options.connection, options.topic,
                                      options.open_timeout);
  if (absl::IsNotFound(snapshot.status())) {
    return absl::NotFoundError(
        Cat(FromAbsl(snapshot.status().message()),
            ": expected that of `log.kafka.topic`, which the first `phoenix "
            "run` makes where `create_topic` says so"));
  }
  if (absl::IsUnavailable(snapshot.status())) {
    return absl::UnavailableError(
        Cat(FromAbsl(snapshot.status().message()),
            ": see `brokers`, `sasl` and `tls` of `log.kafka`"));
  }
  PHOENIX_RETURN_IF_ERROR(snapshot.status());
  return std::unique_ptr<RetainedTopic>(
      new RetainedTopic(*std::move(snapshot), options));
}

std::string RetainedTopic::name() const {
  return Cat("topic '", location(), "'");
}

int32_t RetainedTopic::partition_count() const {
  return static_cast<int32_t>(snapshot_->partitions().size());
}

RetainedLog::Extent RetainedTopic::extent(int32_t partition) const {
  const Watermarks& marks =
      snapshot_->partitions()[static_cast<size_t>(partition)];
  return {FirstEventOf(marks.low), FirstEventOf(marks.high)};
}

std::unique_ptr<RetainedReader> RetainedTopic::Read(
    const LogRange& range) const {
  return std::make_unique<TopicReader>(*snapshot_, pipeline_, range);
}

absl::StatusOr<int64_t> RetainedTopic::FindLast(int32_t partition,
                                                int64_t events) const {
  const Watermarks& marks =
      snapshot_->partitions()[static_cast<size_t>(partition)];
  LogRange range;
  range.partition = partition;
  range.from_offset = FirstEventOf(std::max(marks.low, marks.high - events));
  const auto reader = Read(range);
  LastEvents last(events);
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const auto entry, reader->Next());
    if (!entry) return last.offset().value_or(range.from_offset);
    last.Add(*entry);
  }
}

std::string RetainedTopic::advice() const {
  return Cat(
      "the log says which; look at one by `kafka-console-consumer.sh "
      "--topic ",
      location(), " --partition P --offset N --max-messages 1`");
}

absl::StatusOr<int> RetainedTopic::CountInstances() const {
  return snapshot_->CountMembers(group_);
}

}  // namespace phoenix
