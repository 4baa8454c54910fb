#include "tools/phoenix/dlq/table_letters.h"

#include <filesystem>

#include "absl/time/time.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/log/embedded/file_system.h"
#include "libs/sqlite/database.h"

namespace phoenix {
namespace {

// A pipeline that runs commits in milliseconds.
constexpr absl::Duration kMaxWait = absl::Seconds(10);

// The kernel gives a file away only when its process has ended.
class TableReplayLock : public ReplayLock {
 public:
  explicit TableReplayLock(std::unique_ptr<FileLock> lock)
      : lock_(std::move(lock)) {}

 private:
  const std::unique_ptr<FileLock> lock_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LetterStore>> TableLetters::Open(
    const std::string& path, LetterAccess access) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return nullptr;
  const auto mode = access == LetterAccess::kRead
                        ? SqliteDatabase::Mode::kRead
                        : SqliteDatabase::Mode::kWrite;
  PHOENIX_ASSIGN_OR_RETURN(
      auto table,
      DeadLetterTable::Open(path, {.mode = mode, .max_wait = kMaxWait}));
  return std::make_unique<TableLetters>(path, std::move(table));
}

absl::StatusOr<uint64_t> TableLetters::Remove(
    absl::Span<const StoredDeadLetter> letters) {
  PHOENIX_ASSIGN_OR_RETURN(SqliteTransaction transaction, table_->Begin());
  uint64_t removed = 0;
  for (const StoredDeadLetter& letter : letters) {
    PHOENIX_ASSIGN_OR_RETURN(const bool gone, table_->Remove(letter));
    if (gone) ++removed;
  }
  PHOENIX_RETURN_IF_ERROR(transaction.Commit());
  return removed;
}

absl::StatusOr<std::unique_ptr<ReplayLock>> TableLetters::KeepReplaysAway() {
  auto lock = PosixFileSystem().Lock(Cat(path_, "-replay"));
  if (lock.ok()) return std::make_unique<TableReplayLock>(*std::move(lock));
  if (!absl::IsFailedPrecondition(lock.status())) return lock.status();
  return absl::FailedPreconditionError(
      Cat("another replay of these dead letters is under way: ",
          FromAbsl(lock.status().message()), ": wait for its end"));
}

}  // namespace phoenix
