#ifndef LIBS_SINKS_POSTGRES_TARGET_TABLE_H_
#define LIBS_SINKS_POSTGRES_TARGET_TABLE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "libs/sinks/postgres/column.h"
#include "libs/sinks/postgres/connection.h"

namespace phoenix {

// The table that rows are written to: by COPY, or, when they are to replace
// those with the same key, by COPY into a temporary table and one INSERT from
// there. Thread-compatible.
class TargetTable {
 public:
  struct Options {
    std::string name;  // With a schema, or without.
    std::vector<Column> columns;
    bool create = false;
    std::vector<size_t> key;  // Indexes of columns; empty: rows are added.
  };

  explicit TargetTable(Options options);

  // Of a new session: creates the table if that is asked for, and tries out on
  // no row what Write will do. Errors name the option to change.
  absl::Status Prepare(PostgresConnection& connection);

  // A new transaction has begun.
  void Begin() { stage_used_ = false; }

  // Writes tuples as CopyEncoder makes them, within a transaction: all or, with
  // an error, none that counts.
  absl::Status Write(PostgresConnection& connection,
                     const std::vector<std::string_view>& tuples);

  // After an error of Write: which tuple is to blame, from 1; 0: unknown.
  size_t FailedRow(const PostgresConnection& connection) const;

  const Options& options() const { return options_; }

 private:
  absl::Status Create(PostgresConnection& connection);
  absl::Status CheckColumns(PostgresConnection& connection);
  absl::Status MakeStage(PostgresConnection& connection);

  const Options options_;
  std::string column_names_;  // Quoted, with commas.
  std::string copy_;
  std::string merge_;  // Empty without key.
  std::vector<std::string_view> chunks_;
  bool stage_used_ = false;  // By the transaction.
};

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_TARGET_TABLE_H_
