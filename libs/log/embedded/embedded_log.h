#ifndef LIBS_LOG_EMBEDDED_EMBEDDED_LOG_H_
#define LIBS_LOG_EMBEDDED_EMBEDDED_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/base/clock.h"
#include "libs/base/mutex.h"
#include "libs/log/embedded/append_queue.h"
#include "libs/log/embedded/catalog.h"
#include "libs/log/embedded/committer.h"
#include "libs/log/embedded/cursor_file.h"
#include "libs/log/embedded/embedded_reader.h"
#include "libs/log/embedded/file_system.h"
#include "libs/log/embedded/log_meta.h"
#include "libs/log/embedded/quarantine.h"
#include "libs/log/embedded/record_header.h"
#include "libs/log/embedded/recovery.h"
#include "libs/log/embedded/reserve_file.h"
#include "libs/log/embedded/retention.h"
#include "libs/log/log.h"
#include "libs/telemetry/log.h"

namespace phoenix {

struct EmbeddedLogOptions {
  // Segments are at most so large: a bound on what recovery reads, and the unit
  // in which storage is freed.
  static constexpr uint64_t kDefaultSegmentBytes = 64 << 20;
  // At least so many segments make up a full log, so that the one that is being
  // written is a small part of it.
  static constexpr uint64_t kMinSegments = 8;
  static constexpr uint64_t kMinMaxBytes = 1 << 20;
  // Two groups: one on its way to the disk, one that fills up meanwhile.
  static constexpr uint64_t kDefaultMaxQueuedBytes = 32 << 20;
  // Larger groups gain nothing: the disk is busy all the time.
  static constexpr uint64_t kDefaultMaxGroupBytes = 16 << 20;
  static constexpr uint64_t kDefaultRecentBytes = 32 << 20;
  static constexpr size_t kMaxNameBytes = 128;

  std::string folder;    // Made if it is not there.
  std::string pipeline;  // Whose log it is.

  // The log's name; empty: the pipeline's. In the identity of a batch `@` and
  // half the log's id follow it, so that no other log has the same. 1 to
  // kMaxNameBytes bytes of UTF-8 without line feeds, as the pipeline's.
  std::string name;

  // kDisk, or kOs: no sync before an ack.
  Durability durability = Durability::kDisk;

  FullPolicy full_policy = FullPolicy::kBlock;
  Compression compression = Compression::kNone;

  // A batch that has an identity keeps it: what another log has given travels
  // on through this one.
  bool keep_identity = false;

  uint64_t segment_bytes = kDefaultSegmentBytes;  // See also kMinSegments.
  uint64_t max_bytes = 1 << 30;                   // At least kMinMaxBytes.

  // What is kept behind the cursor, for replay: at least so many bytes, unless
  // the room is needed; nothing for longer than this, nor much less long.
  uint64_t retain_bytes = 0;
  absl::Duration retain_age = absl::InfiniteDuration();

  uint64_t max_queued_bytes = kDefaultMaxQueuedBytes;
  uint64_t max_group_bytes = kDefaultMaxGroupBytes;
  uint64_t recent_bytes = kDefaultRecentBytes;  // Of the last entries, decoded.

  // A cursor that moved is written after at most so long.
  absl::Duration cursor_interval = absl::Milliseconds(100);

  // After the disk was full, appends are refused for so long.
  absl::Duration full_retry_delay = absl::Milliseconds(100);

  // After the storage has refused something and nobody appends, the log tries
  // it itself so often.
  absl::Duration probe_interval = absl::Seconds(1);

  // Whether the log has a thread. Without one somebody calls Step: tests.
  bool has_thread = true;
};

// A log in segment files in a folder of the local disk. One thread stores what
// waits as one group: one write, one sync, then all callbacks. When a group
// can't be stored, all that was appended behind it is refused as well, up to
// the return of its callbacks: whoever appends all of it again keeps the order.
// docs/internals/log.md says in which order what happens, and why.
class EmbeddedLog : public Log, private MoreWaiters {
 public:
  // Opens the log of a folder, or makes one. Repairs what a crash left behind:
  // see recovery.h, whose errors it gives; FAILED_PRECONDITION as well when
  // another process has the log open (says which), when a newer version wrote
  // it, or it is another pipeline's; INVALID_ARGUMENT for impossible options.
  // `files` and `clock` outlive the log.
  static absl::StatusOr<std::unique_ptr<EmbeddedLog>> Open(
      EmbeddedLogOptions options, FileSystem& files = PosixFileSystem(),
      Clock& clock = Clock::System(), const Logger& logger = Logger::Process());

  ~EmbeddedLog() override;

  Durability durability() const override { return options_.durability; }
  FullPolicy full_policy() const override { return options_.full_policy; }
  int32_t partition_count() const override { return 1; }

  absl::Status Append(EventBatchPtr batch, uint64_t lane,
                      AppendCallback done) override;
  void WhenRoom(absl::AnyInvocable<void()> callback) override;
  absl::StatusOr<std::unique_ptr<LogReader>> Read(int32_t partition,
                                                  int64_t from_offset) override;
  absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(int32_t partition,
                                                      absl::Time from) override;
  absl::Status SetCursor(int32_t partition, int64_t offset) override;
  absl::StatusOr<int64_t> cursor(int32_t partition) const override;
  absl::Status SyncCursors() override;
  LogStats Stats() const override;
  std::string Refuses() const override;
  std::optional<BatchIdentity> next_identity() const override;
  absl::Status Close() override;

  // Does what the log's thread does when there is something to do: stores one
  // group, writes the cursor if it is due, deletes what is not needed, calls
  // who waits. True if it may have more to do at once. Only for logs without a
  // thread.
  bool Step();

  // Ends the segment that is being written, so that it can be deleted or
  // copied. Only for logs without a thread.
  absl::Status Roll();

 private:
  struct Opened;

  EmbeddedLog(EmbeddedLogOptions options, FileSystem& files, Clock& clock,
              const Logger& logger, Opened opened);
  static absl::StatusOr<Opened> OpenFolder(const EmbeddedLogOptions& options,
                                           FileSystem& files, Clock& clock,
                                           const Logger& logger);

  // MoreWaiters.
  void WaitForMore(const LogReader& reader, int64_t position,
                   absl::AnyInvocable<void()> callback) override;
  void StopWaiting(const LogReader& reader) override;

  // Appending.
  absl::Status CheckRoom(uint64_t bytes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TakeOrRefuse(uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Refusal(std::string_view reason, std::string_view why) const;

  // The log's thread.
  void Loop();
  bool WaitForWork();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MarkCursorMoved() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CursorIsDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration TimeToWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool CommitGroup();
  absl::StatusOr<std::vector<EventBatchPtr>> Store(
      absl::Span<PendingAppend> group, uint64_t bytes);
  absl::StatusOr<std::vector<EventBatchPtr>> TryToStore(
      absl::Span<PendingAppend> group, uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  bool FreeDisk() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  absl::Status DeleteWhatMayGo() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  void SealIfFinal() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  absl::Status MakeRoomFor(uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  absl::Status DropOldest(uint64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  absl::Status RaiseOffsetBound(absl::Span<PendingAppend> group)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  absl::Status SaveCursor() ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  void SaveCursorIfDue();
  void DeleteAgedIfDue();
  void Finish(absl::Span<PendingAppend> group, uint64_t bytes,
              const absl::StatusOr<std::vector<EventBatchPtr>>& stored);
  void RefuseWhatFollows(const absl::Status& refusal);
  void NoteStorage(const absl::Status& status);
  void ProbeIfDue();
  absl::Status Probe(uint64_t bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(file_mutex_);
  void CallWaiters();
  absl::Status CloseFiles();

  const EmbeddedLogOptions options_;
  const std::string segments_folder_;
  FileSystem& files_;
  Clock& clock_;
  const Logger logger_;
  const LogMeta meta_;
  const std::unique_ptr<FileLock> lock_;
  const std::unique_ptr<Quarantine> quarantine_;
  Catalog catalog_;

  // Of the log's thread, and of who syncs the cursor or closes.
  Mutex file_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  Committer committer_ ABSL_GUARDED_BY(file_mutex_);
  Retention retention_ ABSL_GUARDED_BY(file_mutex_);
  ReserveFile reserve_ ABSL_GUARDED_BY(file_mutex_);

  struct MoreWaiter {
    int64_t position = 0;
    absl::AnyInvocable<void()> callback;
  };

  mutable Mutex mutex_;
  CondVar wake_;
  AppendQueue queue_ ABSL_GUARDED_BY(mutex_);
  CursorState cursor_ ABSL_GUARDED_BY(mutex_);
  bool cursor_moved_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t cursor_due_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t full_until_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t aged_due_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t refused_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);  // Of the storage, until it
                                                  // takes something.
  uint64_t probe_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // Of what it refused.
  int64_t probe_due_nanos_ ABSL_GUARDED_BY(mutex_) = 0;
  bool waiters_are_new_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<absl::AnyInvocable<void()>> room_waiters_ ABSL_GUARDED_BY(mutex_);
  std::map<const LogReader*, MoreWaiter> more_waiters_ ABSL_GUARDED_BY(mutex_);
  LogStats stats_ ABSL_GUARDED_BY(mutex_);

  Mutex close_mutex_ ABSL_ACQUIRED_BEFORE(file_mutex_);
  bool closed_ ABSL_GUARDED_BY(close_mutex_) = false;
  absl::Status close_status_ ABSL_GUARDED_BY(close_mutex_);
  std::thread thread_;
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_EMBEDDED_LOG_H_
