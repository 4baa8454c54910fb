#ifndef LIBS_LOG_LOG_H_
#define LIBS_LOG_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/event/event_batch.h"

namespace phoenix {

// What an acknowledged event survives, weakest first.
enum class Durability : uint8_t {
  kMemory,      // Nothing: it is gone with the process.
  kOs,          // The end of the process (kill -9), not the loss of power.
  kDisk,        // The loss of power: it was synced to stable storage.
  kReplicated,  // The loss of a machine: several have it.
};

// "MEMORY", "OS", "DISK" or "REPLICATED", as acks and metrics say it.
std::string_view DurabilityName(Durability durability);

// What becomes of an append to a log that has reached its bound and has
// nothing behind its cursors to delete.
enum class FullPolicy : uint8_t {
  kBlock,       // Refused for now: the source waits (WhenRoom), nobody is told.
  kReject,      // Refused: the producer is told, and tries again.
  kDropOldest,  // Taken: the oldest events go, final outcome or not, counted.
};

// A batch as it stands in a log.
struct LogEntry {
  EventBatchPtr batch;

  // The offset of row 0 in this log; row i has `first_offset` + i. Equal to the
  // batch's identity unless the log keeps the identity of an earlier log.
  int64_t first_offset = 0;

  // As it was given to Append.
  uint64_t lane = 0;

  absl::Time append_time;

  // What comes before it may be of an earlier run of the process: producers may
  // have come back by other connections, so equal lanes no longer tell all of
  // an order. Said of entries that were found on opening only.
  bool may_begin_run = false;

  // One past the offset of the last row.
  int64_t end_offset() const { return first_offset + batch->size(); }
};

// How a log stands. Counters start at what the log found on opening.
struct LogStats {
  uint64_t bytes = 0;        // Stored, what is kept behind the cursor included.
  uint64_t segments = 0;     // Units in which storage is freed.
  int64_t first_offset = 0;  // Of the oldest entry that can be read.
  int64_t cursor_offset = 0;  // See SetCursor.
  int64_t next_offset = 0;    // The next batch begins here or later.

  uint64_t queued_bytes = 0;  // Appended, not yet durable.
  uint64_t appended_events = 0;
  uint64_t appended_batches = 0;
  uint64_t groups = 0;  // Commits; a group's size is batches / groups.
  uint64_t syncs = 0;
  uint64_t failed_groups = 0;

  uint64_t corrupt_records = 0;    // Found damaged, ever, and put aside.
  uint64_t corrupt_events = 0;     // In those, as far as it is known.
  uint64_t quarantined_bytes = 0;  // Put aside for whoever wants to look.
  // By FullPolicy::kDropOldest, beyond the cursor: those that were on their way
  // at that moment may have been delivered all the same.
  uint64_t dropped_events = 0;

  // Records that others who keep the storage have deleted before all of their
  // events were final: how many events those were nobody knows.
  uint64_t expired_records = 0;

  // Batches that this instance has appended to partitions that are its to read,
  // and not read there: of logs that are shared.
  uint64_t unread_batches = 0;

  // Records that are not final as a whole, in partitions that are this
  // instance's to read, whoever appended them: of logs that are shared. How
  // many events they are nobody knows before they are read.
  uint64_t lag_records = 0;
};

// Hears which partitions of a log are this instance's to read; see
// Log::Subscribe. Called by one thread at a time.
class PartitionListener {
 public:
  virtual ~PartitionListener() = default;

  // The partition is to be read here from now on, from its cursor.
  virtual absl::Status OnAssigned(int32_t partition) = 0;

  // These go to other instances when this returns: nothing of them is to be
  // read any more. Their cursors are made durable then, so it pays to wait for
  // outcomes that are about to come, at most about `patience`; that is zero
  // when the partitions have gone already.
  virtual void OnRevoked(const std::vector<int32_t>& partitions,
                         absl::Duration patience) = 0;
};

// Events between where a reader began and the end of its log that it has not
// given.
struct UnreadEvents {
  uint64_t waiting = 0;  // They are there.
  uint64_t dropped = 0;  // By FullPolicy::kDropOldest, before they were read.
  uint64_t damaged = 0;  // They could not be read, and were passed over.
};

// Reads one partition in order. Sees an entry once it is as durable as the log
// promises, never before. Offsets that are not there any more (deleted, dropped
// or corrupt) are passed over: the next entry's first_offset shows the gap.
// Destroyed before its log. Thread-compatible.
class LogReader {
 public:
  virtual ~LogReader() = default;

  // The next entry, or nullopt when the end has been reached, or, of a log that
  // is not on this machine, when nothing more has come yet. May read a disk:
  // not to be called on the log's thread when that matters. The payloads lie
  // in the bytes that were read, which the batch keeps alive. UNAVAILABLE when
  // the storage can't be read: the same call may work later.
  virtual absl::StatusOr<std::optional<LogEntry>> Next() = 0;

  // Calls `callback` once, on the log's thread, when Next has another entry,
  // soon if it has one now; never when the reader or the log is closed first.
  // A second call replaces the callback of the first. Reads nothing itself:
  // hand the work to a thread of your own.
  virtual void WhenMore(absl::AnyInvocable<void()> callback) = 0;

  // Where the next entry begins, or later.
  virtual int64_t position() const = 0;

  // What this reader has not given, as of now; nullopt when the log does not
  // count it. Thread-safe.
  virtual std::optional<UnreadEvents> unread() const { return std::nullopt; }
};

// A durable, ordered, bounded log of batches: what stands between an
// acknowledgement and a delivery. One instance serves one pipeline.
//
// Offsets count events: a batch of n rows takes [first_offset, first_offset +
// n), and the next one begins at its end or later. Nobody may assume that there
// are no gaps: damage, a restart and other engines leave some.
//
// A log has partitions, numbered from 0, each with an order and a cursor of its
// own; the embedded engine has one. A shared log has instances in several
// processes: all append, and each partition is read by one of them at a time.
// Thread-safe; callbacks come on a thread of the log, must not block it, and
// may call any function but Close.
class Log {
 public:
  // Gets the batch with its identity (log, partition, first offset) once it is
  // as durable as durability() says; it shares the columns of the one that was
  // appended. A batch that had to be stored in parts has the identity of the
  // first. Of a shared log readers may know more: the name that they give the
  // log begins with this one. Or why it can't be:
  //   UNAVAILABLE         the storage failed: nothing of it counts as stored,
  //                       though after a crash it may be found to be. The log
  //                       goes on in a new place: append again, or refuse.
  //   RESOURCE_EXHAUSTED  the disk is full; with a RetryInfo and the reason
  //                       LOG_FULL. The offsets of the batch are free again.
  using AppendCallback =
      absl::AnyInvocable<void(absl::StatusOr<EventBatchPtr>)>;

  // Closes.
  virtual ~Log() = default;

  virtual Durability durability() const = 0;
  virtual FullPolicy full_policy() const = 0;
  virtual int32_t partition_count() const = 0;

  // Whether other instances append and read too.
  virtual bool shared() const { return false; }

  // Tells `listener` which partitions are to be read here, from now on and
  // until Close, which revokes them. Once. A log that is not shared assigns all
  // of them within the call, gives the listener's first error, and revokes
  // none; others assign and revoke on a thread of theirs, and log such errors.
  // `listener` outlives the log's Close.
  virtual absl::Status Subscribe(PartitionListener& listener);

  // Appends a batch, which needs no identity. Never blocks for storage;
  // encoding and checksum are done by the caller's thread. Batches are in the
  // log in the order of these calls. `lane` is stored with it: whoever replays
  // gives equal lanes to one thread, so that the order of a connection or a key
  // holds. `done` is called once if the result is OK. Otherwise it is destroyed
  // uncalled and nothing was taken:
  //   RESOURCE_EXHAUSTED   with RetryInfo and a reason: LOG_FULL (the bound is
  //                        reached, or the disk is full; see full_policy) or
  //                        QUEUE_FULL (too much waits for the disk).
  //   INVALID_ARGUMENT     the batch is larger than a record can be: it will
  //                        never be taken.
  //   FAILED_PRECONDITION  the log is closed.
  virtual absl::Status Append(EventBatchPtr batch, uint64_t lane,
                              AppendCallback done) = 0;

  // Calls `callback` once, on the log's thread, when Append is worth trying
  // again after RESOURCE_EXHAUSTED (it may be refused anew); soon if it is
  // now. Never when the log is closed first.
  virtual void WhenRoom(absl::AnyInvocable<void()> callback) = 0;

  // Reads from the entry that holds `from_offset`, or else the next one.
  // OUT_OF_RANGE for an unknown partition, FAILED_PRECONDITION for one that is
  // not assigned to this instance of a shared log; there each partition has one
  // reader, and a new one ends the last.
  virtual absl::StatusOr<std::unique_ptr<LogReader>> Read(
      int32_t partition, int64_t from_offset) = 0;

  // Reads from the first entry that was appended at `from` or later.
  virtual absl::StatusOr<std::unique_ptr<LogReader>> ReadFrom(
      int32_t partition, absl::Time from) = 0;

  // Every event below `offset` has its final outcome: after a restart reading
  // begins at the cursor, and what lies behind it may be deleted when the log
  // is told to keep less. Only forward; a lower offset is ignored. Lazy: a
  // crash sets the cursor back to where it stood some 100 ms ago, and what is
  // read again keeps its identity. Of outcomes that come in any order
  // SettledPrefix of libs/base/settled_prefix.h makes the offset.
  // OUT_OF_RANGE for an unknown partition, or an offset beyond the end; nothing
  // happens for one that is not assigned to this instance any more.
  virtual absl::Status SetCursor(int32_t partition, int64_t offset) = 0;

  // The last offset that was set, or found on opening.
  virtual absl::StatusOr<int64_t> cursor(int32_t partition) const = 0;

  // Makes the cursors durable, and returns when they are.
  virtual absl::Status SyncCursors() = 0;

  virtual LogStats Stats() const = 0;

  // The identity that the next batch gets, or one behind it. None of a shared
  // log, of which nobody knows before.
  virtual std::optional<BatchIdentity> next_identity() const {
    return std::nullopt;
  }

  // What keeps this instance from reading for longer than a moment, and may go
  // on to: a lower-case fragment. Empty: nothing.
  virtual std::string WaitsFor() const { return ""; }

  // Why the storage refuses what is appended, from the first refusal until it
  // takes something again, which the log tries now and then where nobody
  // appends: a lower-case fragment. Empty: it does not, as far as is known.
  virtual std::string Refuses() const { return ""; }

  // Takes no more, stores what waits, calls every callback of an append, makes
  // the cursors durable. Blocks until then. Idempotent. The error is that of
  // the last write, after which the log opens again as after a crash.
  virtual absl::Status Close() = 0;
};

}  // namespace phoenix

#endif  // LIBS_LOG_LOG_H_
