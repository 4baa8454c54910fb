#ifndef LIBS_SINKS_POSTGRES_POSITION_TABLE_H_
#define LIBS_SINKS_POSTGRES_POSITION_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/component/offset_pages.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/postgres/connection.h"

namespace phoenix {

// Which events of which log a sink has written, in a table beside them: one row
// a page of offsets. It is read and written within the transaction that has the
// rows, so both are there or neither, and no offset is remembered in between:
// whatever became of a transaction before, the table says it.
//
// Of each partition the newest OffsetPages::kMaxPages pages are kept, and up to
// OffsetPages::kMaxNewPages more for each process that writes it, before the
// oldest are deleted. A row of page -1 then says below which page nothing is
// known any more (kForgotten).
//
// A transaction holds a lock for each partition that it writes. So two
// processes that write events of one partition take turns, and whoever comes
// after a connection that broke waits until the server has decided about the
// transaction that it was in. Thread-compatible.
class PositionTable {
 public:
  struct Options {
    std::string table = "phoenix_positions";  // With a schema, or without.
    bool create = false;
    std::string sink;  // Among all that write to the table, in every run.
  };

  enum class Seen { kNo, kYes, kForgotten };

  // One partition of one log.
  class Partition {
   public:
    // Says that the offset will be asked for: before Load.
    void Want(int64_t offset) { offsets_.Touch(offset); }

    Seen Find(int64_t offset);
    void Add(int64_t offset) { offsets_.Add(offset); }
    void Remove(int64_t offset) { offsets_.Remove(offset); }

   private:
    friend class PositionTable;
    OffsetPages offsets_;
    int64_t floor_ = 0;       // Pages below it are forgotten.
    size_t pages_found_ = 0;  // In the table.
  };

  explicit PositionTable(Options options) : options_(std::move(options)) {}

  // Creates the table if that is asked for; FAILED_PRECONDITION when it is not
  // there or not as it should be.
  absl::Status Prepare(PostgresConnection& connection);

  // One past the highest offset of the partition that was written; 0: none.
  absl::StatusOr<int64_t> End(PostgresConnection& connection,
                              const BatchIdentity& partition) const;

  // A new transaction: no partition.
  void Clear() { partitions_.clear(); }

  // The partition of a batch that has an identity, valid until Clear.
  Partition& Of(const BatchIdentity& identity) {
    return partitions_[{identity.log, identity.partition}];
  }

  // Locks the partitions and reads what is wanted of them.
  absl::Status Load(PostgresConnection& connection);

  // Writes what was added.
  absl::Status Store(PostgresConnection& connection);

 private:
  using Key = std::pair<std::string, int32_t>;  // Log, partition.

  absl::Status LoadOne(PostgresConnection& connection, const Key& key,
                       Partition& partition);
  absl::Status TakePages(const QueryRows& rows, const Key& key,
                         Partition& partition) const;
  absl::Status LoadPage(const Key& key, int64_t page, std::string_view hex,
                        Partition& partition) const;
  absl::Status Forget(PostgresConnection& connection, const Key& key);
  absl::Status ForgetBelow(PostgresConnection& connection, const Key& key,
                           int64_t floor);
  std::string Where(const Key& key) const;

  const Options options_;
  std::map<Key, Partition> partitions_;  // In order: locks can't deadlock.

  // Pages that this process has added since it has looked for what to forget,
  // about: what was undone counts too. None: it never has.
  std::map<Key, size_t> new_pages_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_POSITION_TABLE_H_
