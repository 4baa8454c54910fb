#ifndef LIBS_SINKS_FILE_FILE_COMMITS_H_
#define LIBS_SINKS_FILE_FILE_COMMITS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/component/held_rows.h"
#include "libs/event/outcome.h"
#include "libs/event/selection.h"
#include "libs/sinks/file/confined_directory.h"
#include "libs/sinks/file/delivery_record.h"

namespace phoenix {

// Settles what the writers of one sink have written, in groups: the files are
// synced, then what is in them is recorded, then the rows are delivered.
// Between two commits nothing that the writers wrote counts.
//
// A commit that failed is like a crash: nobody knows whether it is recorded.
// So nothing is committed any more until the writers are gone, Forget has sent
// the rows back, and Recover has asked the record. Thread-compatible.
class FileCommits {
 public:
  // A commit is due. Larger ones would save nothing any more, and rows would
  // wait longer.
  static constexpr uint64_t kMaxUncommittedBytes = 4 << 20;

  struct Options {
    bool sync = false;   // Files are synced with the disk, and the record too.
    std::string record;  // Below the directory; empty: nothing is recorded.
    std::string component;  // For the process's log.
  };

  // `directory` outlives it.
  FileCommits(Options options, ConfinedDirectory& directory);

  // Before anything else: reads the record and cuts files back to what was
  // settled.
  absl::Status Recover();
  bool recovered() const { return recovered_; }
  bool keeps_record() const { return record_.has_value(); }

  // Takes those rows out of the view that are recorded already, or of which the
  // record has forgotten whether they are; `settle` then settles these too, as
  // delivered or rejected.
  void TakeOutKnown(BatchView& view, SettleCallback& settle);

  // Those of the writers. A file is open, and so far settled, where it ends;
  // its descriptor is valid until Closed.
  absl::Status Opened(const std::string& path, const OpenedFile& file);
  // It has grown to `length` by `rows`, which it takes.
  void Written(const std::string& path, uint64_t length, HeldRows& rows);
  absl::Status Commit();
  void Closed(const std::string& path);

  // Sends back what is not committed, and `buffered`, to be tried again. The
  // writers are gone.
  void Forget(HeldRows buffered);

  // The writers have closed: lets go of the record.
  void Release();

  // See Sink::RecordedEnd; 0 as well when nothing is recorded.
  int64_t RecordedEnd(const BatchIdentity& log) const;

  // RESOURCE_EXHAUSTED: see DeliveryRecord.
  absl::Status CheckRoom(const BatchIdentity& identity) const;

  bool due() const { return uncommitted_bytes_ >= kMaxUncommittedBytes; }
  // OK, or why a commit failed since the last Recover.
  const absl::Status& failure() const { return failure_; }
  uint64_t repeated_rows() const { return repeated_rows_; }

 private:
  struct OpenFile {
    int fd = -1;
    uint64_t length = 0;
    bool dirty = false;  // Not committed up to `length`.
  };

  absl::Status Fail(absl::Status why);
  absl::Status CutToRecorded(const std::string& path,
                             const DeliveryRecord::File& recorded);
  absl::Status Sync();
  absl::Status Record();
  std::vector<DeliveryRecord::Delivered> DeliveredByRows() const;

  const Options options_;
  ConfinedDirectory& directory_;
  std::optional<DeliveryRecord> record_;
  bool recovered_ = false;

  std::map<std::string, OpenFile> files_;
  HeldRows rows_;  // Written, not committed.
  uint64_t uncommitted_bytes_ = 0;
  absl::Status failure_;
  uint64_t repeated_rows_ = 0;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_FILE_FILE_COMMITS_H_
