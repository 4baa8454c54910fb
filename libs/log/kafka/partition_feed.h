#ifndef LIBS_LOG_KAFKA_PARTITION_FEED_H_
#define LIBS_LOG_KAFKA_PARTITION_FEED_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/log/kafka/log_record.h"
#include "libs/log/kafka/partition_birth.h"
#include "libs/log/log.h"

namespace phoenix {

// One partition of a log on its way from who fetches to who reads, and its
// cursor. Decodes what is added, puts aside what is no record of a log, and
// says from where on the group has to read. Thread-safe.
class PartitionFeed {
 public:
  // What is counted over all feeds of a log. Thread-safe.
  struct Counters {
    std::atomic<uint64_t> corrupt_records = 0;
    std::atomic<uint64_t> corrupt_bytes = 0;
  };

  struct Identity {
    std::string log_name;
    std::string topic;
    int32_t partition = 0;
    int64_t tenure = 0;         // See BatchIdentity.
    std::string pipeline = {};  // See CheckPipeline.

    // As the group has committed it; none: that of the first record to come,
    // which is the partition's own first if `from_beginning`.
    std::optional<PartitionBirth> birth = {};
    bool from_beginning = false;
  };

  // Begins at the record `start`, before which all is final.
  PartitionFeed(Identity identity, int64_t start,
                std::shared_ptr<Counters> counters);

  // Who fetches: a record, in order. One that is not wanted any more is
  // dropped.
  void Add(const FetchedRecord& record);

  // Bytes of entries that wait to be read.
  size_t held_bytes() const;

  // The record from which on records are to be fetched anew, after a Rewind
  // that goes back; none is taken until RewindDone says that they will be.
  std::optional<int64_t> rewind() const;
  void RewindDone();

  // Who reads: begins at the entry that holds `offset`, or else the next one.
  // Returns the number of the reader: the last one reads, others get no more.
  uint64_t Rewind(int64_t offset);

  // As those of LogReader.
  absl::StatusOr<std::optional<LogEntry>> Next(uint64_t reader);
  void WhenMore(uint64_t reader, absl::AnyInvocable<void()> callback);
  int64_t position() const;

  // The callback of WhenMore if there is more already: who fetches calls it.
  absl::AnyInvocable<void()> TakeDueCallback();

  // After the last record that was read, or put aside.
  int64_t read_end() const;

  // As those of Log. OUT_OF_RANGE beyond what was read.
  absl::Status SetCursor(int64_t offset);
  int64_t cursor() const;

  // The first record that is not final as a whole: what the group commits.
  int64_t final_end() const;

  // What goes with that; none before anything has come.
  std::optional<PartitionBirth> birth() const;

  // The record that is to be added next.
  int64_t next_record() const;

  // The partition is another's: nothing more comes.
  void End();

 private:
  // An entry that was read, of which something may not be final.
  struct Read {
    int64_t record = 0;
    int64_t end_offset = 0;
  };

  bool Wants(const FetchedRecord& record) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::optional<std::string> NameFor(const FetchedRecord& record);
  absl::StatusOr<LogEntry> Decode(const FetchedRecord& record,
                                  const std::string& log_name) const;
  void PutAside(const FetchedRecord& record, const absl::Status& why);

  const Identity identity_;
  const std::shared_ptr<Counters> counters_;

  mutable Mutex mutex_;
  std::deque<LogEntry> entries_ ABSL_GUARDED_BY(mutex_);
  size_t held_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status blocked_ ABSL_GUARDED_BY(mutex_);  // By a record not for us.
  int64_t next_record_ ABSL_GUARDED_BY(mutex_);   // To be added.
  std::optional<int64_t> rewind_to_ ABSL_GUARDED_BY(mutex_);
  uint64_t reader_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t position_ ABSL_GUARDED_BY(mutex_);
  int64_t read_end_ ABSL_GUARDED_BY(mutex_);
  absl::AnyInvocable<void()> when_more_ ABSL_GUARDED_BY(mutex_);
  std::deque<Read> read_ ABSL_GUARDED_BY(mutex_);
  int64_t cursor_ ABSL_GUARDED_BY(mutex_);
  int64_t final_end_ ABSL_GUARDED_BY(mutex_);
  std::optional<PartitionBirth> birth_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace phoenix

#endif  // LIBS_LOG_KAFKA_PARTITION_FEED_H_
