#ifndef LIBS_SINKS_FILE_DELIVERY_RECORD_H_
#define LIBS_SINKS_FILE_DELIVERY_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/offset_set.h"
#include "libs/event/event_batch.h"
#include "libs/sinks/file/confined_directory.h"
#include "libs/sinks/file/journal.h"

namespace phoenix {

namespace sinks::file::internal {
class DeliveryEntry;
}

// What a file sink remembers over a crash, in a file beside those it writes:
// how far each open file is settled, and which events of which logs are in
// there. So a file can be cut back to what was settled, and an event that comes
// again is known.
//
// An error of what writes means that nobody knows what the record says: Load it
// again and go by that. Thread-compatible.
class DeliveryRecord {
 public:
  // Pages of offsets, over all partitions: some 9 MB, and 67 million events of
  // one partition. When one more is needed the lowest of the partition with
  // most of them is forgotten.
  static constexpr size_t kMaxPages = 16'384;

  // Partitions. One log has thousands at most.
  static constexpr size_t kMaxPartitions = 4'096;

  // A journal that is larger is replaced, unless the new one would be more than
  // half of it.
  static constexpr uint64_t kMaxJournalBytes = 1 << 20;

  // Files that are open: what FileTable allows at most.
  static constexpr size_t kMaxFiles = 1'024;

  static constexpr uint32_t kVersion = 2;

  struct File {
    uint64_t inode = 0;
    uint64_t length = 0;
  };

  // The events of one partition that came to rest with one entry.
  struct Delivered {
    BatchIdentity identity;
    std::vector<std::pair<int64_t, int64_t>> runs;  // [begin, end).
  };

  // As Journal.
  DeliveryRecord(ConfinedDirectory& directory, std::string path, bool sync)
      : journal_(directory, std::move(path), sync) {}

  // Reads what is there; nothing when there is no file. Damage to one of the
  // two copies of an entry is said in the process's log and does no harm.
  // FAILED_PRECONDITION when a newer version has written it, DATA_LOSS when an
  // entry is missing, or when it was never a record.
  absl::Status Load();

  // Begins a new journal, without files: after Load, when each of them has been
  // cut.
  absl::Status Restart();

  // The file is open, and settled up to `file.length`.
  absl::Status Open(const std::string& path, const File& file);

  // Nothing is written to the file any more. Takes effect with the next entry.
  void Close(const std::string& path);

  // The files are settled to these lengths, and hold these events.
  absl::Status Commit(const std::map<std::string, uint64_t>& lengths,
                      const std::vector<Delivered>& delivered);

  // Lets go of the record's file.
  void Release() { journal_.Close(); }

  // Null when nothing is known of the partition.
  const OffsetSet* Find(const BatchIdentity& identity) const;

  // RESOURCE_EXHAUSTED when there are kMaxPartitions others already.
  absl::Status CheckRoom(const BatchIdentity& identity) const;

  const std::map<std::string, File>& files() const { return files_; }

  static constexpr size_t kMaxMemoryBytes = kMaxPages * OffsetSet::kPageBytes;

 private:
  using Partition = std::pair<std::string, int32_t>;  // Log, partition.

  absl::Status Take(std::string_view bytes);
  absl::Status TakeOffsets(const sinks::file::internal::DeliveryEntry& entry);
  absl::Status CheckLoaded(const JournalDamage& damage) const;
  absl::Status Unreadable(std::string_view what) const;
  absl::Status Append(sinks::file::internal::DeliveryEntry& entry);
  absl::Status Replace();
  void Add(OffsetSet& set, int64_t begin, int64_t end);
  void ForgetSome();
  sinks::file::internal::DeliveryEntry Snapshot() const;

  Journal journal_;
  std::map<std::string, File> files_;
  std::vector<std::string> closed_;  // Since the last entry.
  std::map<Partition, OffsetSet> partitions_;
  size_t pages_ = 0;
  uint32_t version_ = 0;   // Of the file that was loaded; 0: it has no entry.
  uint64_t sequence_ = 0;  // Of the last entry.
  uint64_t snapshot_bytes_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_DELIVERY_RECORD_H_
