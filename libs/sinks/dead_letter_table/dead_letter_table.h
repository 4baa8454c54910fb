#ifndef LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_H_
#define LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/sqlite/database.h"

namespace phoenix {

// A dead letter as it stands in the table.
struct StoredDeadLetter {
  int64_t number = 0;  // Of the row; never given to another.
  DeadLetter letter;   // Its time is that of the last failure.
  absl::Time first_failed = {};

  // How many components have failed on it, the last of which the letter names:
  // several when sinks of one route fail.
  int64_t component_count = 1;

  std::string event_type;  // Of the letter's attributes.
};

// What a table holds.
struct DeadLetterTotals {
  int64_t letters = 0;
  int64_t size_bytes = 0;
  int64_t dropped = 0;  // Since it was made: by a full table, for new ones.
};

// Dead letters in a database of SQLite (table_schema.h). A letter is known by
// its pipeline and id: one that comes again replaces its row, adds its attempts
// and keeps its number. Errors are those of SqliteDatabase, and those of
// CheckDeadLetterSchema. Several processes may use one file. Thread-compatible.
class DeadLetterTable {
 public:
  // How much of a page is read at once; a letter is read whatever its size.
  static constexpr size_t kMaxPageLetters = 1000;
  static constexpr size_t kMaxPageBytes = 8 << 20;

  // What a row takes beside its payload, attributes and message.
  static constexpr int64_t kRowBytes = 256;

  // kCreate makes file and table where they are not there, durably. NOT_FOUND:
  // there is no such file.
  static absl::StatusOr<std::unique_ptr<DeadLetterTable>> Open(
      const std::string& path, const SqliteDatabase::Options& options);

  // Puts and Removes between Begin and the transaction's Commit are done
  // together.
  absl::StatusOr<SqliteTransaction> Begin();

  absl::Status Put(const DeadLetter& letter);

  // Whether there is a row that Put would replace.
  absl::StatusOr<bool> Contains(const DeadLetter& letter);

  // Removes the row that was first here, and counts it as dropped; false when
  // there is none.
  absl::StatusOr<bool> DropOldest();

  // Removes the row, unless it has failed again since it was read: then false.
  absl::StatusOr<bool> Remove(const StoredDeadLetter& stored);

  absl::StatusOr<DeadLetterTotals> Totals();

  // The first letters of a pipeline with a number above `after`, by number;
  // none: that is all.
  absl::StatusOr<std::vector<StoredDeadLetter>> ReadPage(
      const std::string& pipeline, int64_t after);

  // The letter with that number, that id, or the last one of an event with that
  // `<source>#<id>` or id; none when there is none.
  absl::StatusOr<std::optional<StoredDeadLetter>> Find(
      const std::string& pipeline, const std::string& name);

  // Gives the room of rows that were removed back to the file system.
  absl::Status Shrink();

  // What Put counts a letter as.
  static int64_t SizeOf(const DeadLetter& letter);

 private:
  explicit DeadLetterTable(std::unique_ptr<SqliteDatabase> database)
      : database_(std::move(database)) {}

  absl::Status PrepareStatements();
  absl::StatusOr<std::optional<StoredDeadLetter>> FindBy(
      std::string_view condition, const std::string& pipeline,
      const std::string& name);

  const std::unique_ptr<SqliteDatabase> database_;
  std::optional<SqliteStatement> put_;
  std::optional<SqliteStatement> contains_;
  std::optional<SqliteStatement> remove_;
  std::optional<SqliteStatement> page_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_DEAD_LETTER_TABLE_DEAD_LETTER_TABLE_H_
