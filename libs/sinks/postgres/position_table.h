#ifndef LIBS_SINKS_POSTGRES_POSITION_TABLE_H_
#define LIBS_SINKS_POSTGRES_POSITION_TABLE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/postgres/connection.h"
#include "libs/sinks/postgres/offset_pages.h"

namespace phoenix {

// Which events of which log a sink has written, in a table beside them: one row
// a page of offsets. It is read and written within the transaction that has the
// rows, so both are there or neither, and nothing is remembered in between:
// whatever became of a transaction before, the table says it.
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

  // What lies so far behind the newest page of its partition is forgotten, so
  // that the table doesn't grow for ever: 100 million offsets, some 14 MB.
  // Whatever comes from beyond is known to be unknown (kForgotten).
  static constexpr int64_t kMaxPagesBehind = 24'415;

  enum class Seen { kNo, kYes, kForgotten };

  // One partition of one log.
  class Partition {
   public:
    // Says that the offset will be asked for: before Load.
    void Want(int64_t offset) { offsets_.Touch(offset); }

    Seen Find(int64_t offset) const;
    void Add(int64_t offset) { offsets_.Add(offset); }
    void Remove(int64_t offset) { offsets_.Remove(offset); }

   private:
    friend class PositionTable;
    OffsetPages offsets_;
    int64_t newest_page_ = -1;  // Of the table.
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
  absl::StatusOr<int64_t> TakePages(const QueryRows& rows,
                                    const std::string& log,
                                    OffsetPages& pages) const;
  absl::Status Forget(PostgresConnection& connection, const Key& key,
                      int64_t newest_page);
  std::string Where(const Key& key) const;

  const Options options_;
  std::map<Key, Partition> partitions_;  // In order: locks can't deadlock.
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_POSITION_TABLE_H_
