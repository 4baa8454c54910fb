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

  explicit TableLetters(std::unique_ptr<DeadLetterTable> table)
      : table_(std::move(table)) {}

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

  void Shrink() override { table_->Shrink().IgnoreError(); }

 private:
  const std::unique_ptr<DeadLetterTable> table_;
};

}  // namespace phoenix

#endif  // TOOLS_PHOENIX_DLQ_TABLE_LETTERS_H_
