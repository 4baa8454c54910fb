#ifndef LIBS_LOG_EMBEDDED_EMBEDDED_READER_H_
#define LIBS_LOG_EMBEDDED_EMBEDDED_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/mutex.h"
#include "libs/log/embedded/catalog.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/log/embedded/segment_format.h"
#include "libs/log/embedded/segment_scanner.h"
#include "libs/log/log.h"
#include "libs/telemetry/log.h"

namespace phoenix {

// Who waits for entries: the log, as far as a reader knows it. Thread-safe.
class MoreWaiters {
 public:
  virtual ~MoreWaiters() = default;

  // As LogReader::WhenMore, for a reader that stands at `position`.
  virtual void WaitForMore(const LogReader& reader, int64_t position,
                           absl::AnyInvocable<void()> callback) = 0;
  virtual void StopWaiting(const LogReader& reader) = 0;
};

// What a reader reads from; all of it outlives the reader.
struct ReaderInput {
  FileSystem& files;
  const std::string& segments_folder;
  LogId log_id;
  Catalog& catalog;
  Quarantine& quarantine;
  MoreWaiters& waiters;
  const Logger& logger;
};

// Reads a log: the last entries from memory, older ones from their segments,
// record by record. What is damaged is put aside and passed over; so is a
// segment whose file somebody took away, with a line in the log.
class EmbeddedReader : public LogReader, private SegmentWatcher {
 public:
  // Entries that were appended before `from_time` are passed over.
  EmbeddedReader(const ReaderInput& input, int64_t from_offset,
                 absl::Time from_time = absl::InfinitePast());
  ~EmbeddedReader() override;

  absl::StatusOr<std::optional<LogEntry>> Next() override;
  void WhenMore(absl::AnyInvocable<void()> callback) override;
  int64_t position() const override { return position_; }
  std::optional<UnreadEvents> unread() const override;

 private:
  struct OpenSegment;

  // Lets go of the file, whose room comes back only then, though nobody may
  // read on for long. Waits for a Next that is on its way.
  void OnRemoved(int64_t base_offset) override;

  absl::StatusOr<std::optional<LogEntry>> NextOfAnyTime()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  absl::Status Open(const Segment& segment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  absl::StatusOr<std::optional<LogEntry>> NextOnDisk(const Segment& segment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  absl::StatusOr<std::optional<LogEntry>> ReadStep()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  std::optional<LogEntry> Decode(const SegmentRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  void PutAside(const CorruptRecord& record)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(reading_mutex_);
  void PassMissing(const Segment& segment);
  void PassDropped(const Catalog::Range& range);
  void PassTo(uint64_t sequence, uint64_t events = 0);

  const ReaderInput input_;
  int64_t position_;
  const absl::Time from_time_;
  std::optional<int64_t> missing_base_;  // Of the segment last told of.

  // Held by Next.
  Mutex reading_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  std::unique_ptr<OpenSegment> open_ ABSL_GUARDED_BY(reading_mutex_);

  mutable Mutex mutex_;
  uint64_t sequence_ ABSL_GUARDED_BY(mutex_);  // Behind what was given.
  uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t damaged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_EMBEDDED_READER_H_
