#ifndef LIBS_LOG_EMBEDDED_TESTING_SIMULATED_FILE_SYSTEM_H_
#define LIBS_LOG_EMBEDDED_TESTING_SIMULATED_FILE_SYSTEM_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/base/mutex.h"
#include "libs/base/random.h"
#include "libs/log/embedded/file_system.h"

namespace phoenix {

// Files in memory, on a disk that may lose power, fill up, fail, and rot. What
// programs see and what would survive a loss of power are kept apart: sectors
// of 512 bytes and names of files become durable when they are synced, or when
// Writeback chooses them. Thread-safe.
class SimulatedFileSystem : public FileSystem {
 public:
  static constexpr uint64_t kSectorBytes = 512;

  absl::StatusOr<std::unique_ptr<File>> Open(const std::string& path,
                                             OpenMode mode) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status SyncFolder(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& path) override;
  absl::Status MakeFolder(const std::string& path) override;
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override;

  // The system writes back of its own accord: each dirty sector, size and name
  // becomes durable with this probability.
  void Writeback(Random& random, double probability);

  // Power is lost and comes back: what was not durable is gone, open files and
  // locks are dead.
  void Crash();

  // The n-th call from now, counted from 1, fails with `error`; 0: none. A
  // write that fails has written its first half. After a sync that fails the
  // data counts as clean, though it is not durable: later syncs don't help.
  void FailCall(uint64_t n, absl::Status error);

  // Calls so far: of the file system and of its files.
  uint64_t calls() const;

  // Writing more than this fails with RESOURCE_EXHAUSTED.
  void SetCapacity(uint64_t bytes);
  uint64_t used_bytes() const;

  // What programs see of a file; empty when there is none.
  std::string Content(const std::string& path) const;

  // Replaces what programs see, durably, and reading goes on with it.
  void SetContent(const std::string& path, std::string content);

  // Turns one bit over, durably.
  void FlipBit(const std::string& path, uint64_t bit);

  // All files, sorted.
  std::vector<std::string> Paths() const;

 private:
  friend class SimulatedFile;
  friend class SimulatedLock;

  struct Inode {
    std::string current;
    std::string durable;
    std::set<uint64_t> dirty_sectors;
    uint64_t allocated = 0;
  };
  using InodePtr = std::shared_ptr<Inode>;
  using Names = std::map<std::string, InodePtr>;

  // A change of names that is not durable yet; null removes.
  struct NameChange {
    std::string folder;
    std::vector<std::pair<std::string, InodePtr>> names;
  };

  absl::Status CountCall() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Change(NameChange change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Apply(const NameChange& change, Names& names);
  bool HasRoomFor(const Inode& inode, uint64_t size) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t UsedBytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  Names names_ ABSL_GUARDED_BY(mutex_);
  Names durable_names_ ABSL_GUARDED_BY(mutex_);
  std::vector<NameChange> name_changes_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> locked_ ABSL_GUARDED_BY(mutex_);
  uint64_t crashes_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t failing_call_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status error_ ABSL_GUARDED_BY(mutex_);
  uint64_t capacity_ ABSL_GUARDED_BY(mutex_) = ~uint64_t{0};
};

}  // namespace phoenix

#endif  // LIBS_LOG_EMBEDDED_TESTING_SIMULATED_FILE_SYSTEM_H_
