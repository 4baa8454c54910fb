#ifndef LIBS_SINKS_KAFKA_LOG_POSITIONS_H_
#define LIBS_SINKS_KAFKA_LOG_POSITIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/component/offset_pages.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/kafka/position_key.h"

namespace phoenix {

// Which events of each partition of each log a sink has written, exactly: pages
// of offsets, kept in memory and as records of a compacted topic (PositionKey),
// which are written within the transaction that has the events. So both are
// there or neither.
//
// What was read holds until somebody else may have written: an assignment of
// the partition (BatchIdentity::tenure), or a transaction of which nobody knows
// what became. A transaction begins with a claim, a record that whoever reads
// waits for: so a process that gets a partition sees what the one before was
// still writing. Thread-compatible.
class LogPositions {
 public:
  // Pages that are kept of all partitions together, beside those of the open
  // transaction: of one partition OffsetPages::kMaxPages, and a few more.
  static constexpr size_t kMaxPages = 4 * OffsetPages::kMaxPages;

  // Pages that a transaction may touch before it is to be finished; a batch
  // adds at most 17. Each is a record.
  static constexpr size_t kMaxOpenPages = 4096;

  // Tenures that are told apart from one that is new. Beyond it the topic is
  // read once more than it needs to be.
  static constexpr size_t kMaxTenures = 1000;

  static constexpr size_t kMaxMemoryBytes =
      (kMaxPages + kMaxOpenPages) * OffsetPages::kPageMemory;

  enum class Seen {
    kNo,
    kInTransaction,  // Written, and not committed yet.
    kYes,
    kForgotten,  // Nobody knows: its page was dropped.
  };

  // One partition of one log.
  class Partition {
   public:
    Seen Find(int64_t offset);

    // One past the highest offset that is committed; 0: none is.
    int64_t end() const { return committed_.end(); }

    // The offset is written in the open transaction.
    void Add(int64_t offset) { open_.Add(offset); }

   private:
    friend class LogPositions;

    size_t CountPages();
    void ForgetBeyond(size_t pages);

    OffsetPages committed_;
    OffsetPages open_;
    int64_t floor_ = 0;       // Pages below are forgotten.
    int64_t next_floor_ = 0;  // Once the open transaction is committed.
  };

  // A record to be written: a key, and a value unless it is a tombstone.
  using Send = absl::FunctionRef<absl::Status(
      std::string_view key, std::optional<std::string_view> value)>;

  // Calls `visit` with all committed records of the topic, in order, which
  // waits for transactions that are open.
  using Visit = absl::FunctionRef<void(std::string_view key,
                                       std::optional<std::string_view> value)>;
  using ReadAll = std::function<absl::Status(Visit visit)>;

  // `sink` names the sink among all that write to the topic; `max_pages` of all
  // partitions together.
  LogPositions(std::string sink, ReadAll read, size_t max_pages = kMaxPages)
      : sink_(std::move(sink)), read_(std::move(read)), max_pages_(max_pages) {}

  // Whether positions must be read before the partition can be asked for, which
  // is not to be while a transaction is open: it would wait for itself.
  bool IsStale(const BatchIdentity& identity) const;

  // The partition, valid until the transaction ends. Reads the topic if need
  // be, whose errors it gives. FAILED_PRECONDITION: a record there is damaged.
  absl::StatusOr<Partition*> Of(const BatchIdentity& identity);

  // Sends the claim, unless the transaction has it: before the first event.
  absl::Status Claim(Send send);
  bool claimed() const { return claimed_; }

  // Sends what the transaction adds: before its commit.
  absl::Status Store(Send send);

  // Pages that the open transaction has touched.
  size_t open_pages() const;

  // The transaction was committed, or it was aborted.
  void Commit();
  void Discard();

  // Nobody knows what became of it, or others may have written: all is to be
  // read anew.
  void Forget();

 private:
  using Key = std::pair<std::string, int32_t>;  // Log, partition.

  absl::Status Read(const Key& wanted);
  absl::Status Take(const PositionKey& key,
                    std::optional<std::string_view> value);
  void MakeRoom(const Key& wanted);
  void ChooseFloors();
  absl::Status StoreOne(const Key& key, Partition& partition, Send send);

  const std::string sink_;
  const ReadAll read_;
  const size_t max_pages_;
  std::set<int64_t> tenures_;  // That began before the topic was read.
  std::map<Key, Partition> partitions_;
  std::set<Key> used_;     // Of them, those that were asked for.
  std::set<Key> evicted_;  // Not in memory, though they may have pages.
  size_t page_count_ = 0;  // Of all, as they were read or committed.
  bool claimed_ = false;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_KAFKA_LOG_POSITIONS_H_
