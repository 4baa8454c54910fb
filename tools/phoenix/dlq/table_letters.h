#ifndef TOOLS_PHOENIX_DLQ_TABLE_LETTERS_H_
#define TOOLS_PHOENIX_DLQ_TABLE_LETTERS_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "libs/sinks/dead_letter_table/dead_letter_table.h"
#include "tools/phoenix/dlq/letter_store.h"

namespace phoenix {

// The dead letters of a table, which may be in use: waits some seconds for
// others that write.
class TableLetters : public LetterStore {
 public:
  // Errors as of DeadLetterTable::Open; null when there is no such file.
  static absl::StatusOr<std::unique_ptr<LetterStore>> Open(
      const std::string& path, LetterAccess access);

  TableLetters(std::string path, std::unique_ptr<DeadLetterTable> table)
      : path_(std::move(path)), table_(std::move(table)) {}

  absl::StatusOr<std::vector<StoredDeadLetter>> ReadPage(
      const std::string& pipeline, int64_t after) override {
    return table_->ReadPage(pipeline, after);
  }
  absl::StatusOr<std::optional<StoredDeadLetter>> Find(
      const std::string& pipeline, const std::string& name) override {
    return table_->Find(pipeline, name);
  }

  // In one transaction: all or none.
  absl::StatusOr<uint64_t> Remove(
      absl::Span<const StoredDeadLetter> letters) override;

  // By a file beside the table, `PATH-replay`, which stays: two that lock it
  // have to find the same one.
  absl::StatusOr<std::unique_ptr<ReplayLock>> KeepReplaysAway() override;

  void Shrink() override { table_->Shrink().IgnoreError(); }

 private:
  const std::string path_;
  const std::unique_ptr<DeadLetterTable> table_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_TABLE_LETTERS_H_
