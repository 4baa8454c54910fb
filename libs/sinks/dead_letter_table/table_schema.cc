#include "libs/sinks/dead_letter_table/table_schema.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

// What is not stored is read from the attributes, for whoever queries by hand.
// Totals are kept by triggers, so that they are right whoever deletes rows.
constexpr char kTables[] = R"sql(
CREATE TABLE dead_letters (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  pipeline TEXT NOT NULL,
  id TEXT NOT NULL,
  component TEXT NOT NULL,
  components TEXT NOT NULL,
  line_number INTEGER NOT NULL,
  column_number INTEGER NOT NULL,
  revision TEXT NOT NULL,
  error_code TEXT NOT NULL,
  error_message TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  first_failed TEXT NOT NULL,
  last_failed TEXT NOT NULL,
  attributes TEXT NOT NULL,
  payload BLOB NOT NULL,
  payload_kind TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  event_id TEXT AS (json_extract(attributes, '$.id')),
  event_source TEXT AS (json_extract(attributes, '$.source')),
  event_type TEXT AS (json_extract(attributes, '$.type')),
  traceparent TEXT AS (json_extract(attributes, '$.traceparent')),
  tracestate TEXT AS (json_extract(attributes, '$.tracestate')),
  UNIQUE (pipeline, id)
);
CREATE TABLE totals (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  letters INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  dropped INTEGER NOT NULL
);
INSERT INTO totals VALUES (1, 0, 0, 0);
CREATE TRIGGER count_inserted AFTER INSERT ON dead_letters BEGIN
  UPDATE totals SET letters = letters + 1,
                    size_bytes = size_bytes + new.size_bytes;
END;
CREATE TRIGGER count_updated AFTER UPDATE ON dead_letters BEGIN
  UPDATE totals SET size_bytes = size_bytes + new.size_bytes - old.size_bytes;
END;
CREATE TRIGGER count_deleted AFTER DELETE ON dead_letters BEGIN
  UPDATE totals SET letters = letters - 1,
                    size_bytes = size_bytes - old.size_bytes;
END;
)sql";

// Whether nobody has put anything into the database yet.
absl::StatusOr<bool> IsNew(SqliteDatabase& database) {
  PHOENIX_ASSIGN_OR_RETURN(
      const int64_t objects,
      database.QueryInteger("SELECT count(*) FROM sqlite_master"));
  PHOENIX_ASSIGN_OR_RETURN(const int64_t application,
                           database.QueryInteger("PRAGMA application_id"));
  return objects == 0 && application == 0;
}

absl::Status CreateTables(SqliteDatabase& database) {
  PHOENIX_ASSIGN_OR_RETURN(SqliteTransaction transaction,
                           SqliteTransaction::Begin(database));
  // Another process may have been faster.
  PHOENIX_ASSIGN_OR_RETURN(const bool is_new, IsNew(database));
  if (!is_new) return CheckDeadLetterSchema(database);
  PHOENIX_RETURN_IF_ERROR(database.Run(kTables));
  PHOENIX_RETURN_IF_ERROR(
      database.Run(Cat("PRAGMA application_id = ", kDeadLetterApplicationId,
                       "; PRAGMA user_version = ", kDeadLetterSchemaVersion)));
  return transaction.Commit();
}

}  // namespace

absl::Status CheckDeadLetterSchema(SqliteDatabase& database) {
  PHOENIX_ASSIGN_OR_RETURN(const int64_t application,
                           database.QueryInteger("PRAGMA application_id"));
  if (application != kDeadLetterApplicationId) {
    return absl::FailedPreconditionError(
        Cat("'", database.path(),
            "': is a database of something else: expected one of dead letters, "
            "or no file, which is made then"));
  }
  PHOENIX_ASSIGN_OR_RETURN(const int64_t version,
                           database.QueryInteger("PRAGMA user_version"));
  if (version > kDeadLetterSchemaVersion || version < 1) {
    return absl::FailedPreconditionError(
        Cat("'", database.path(), "': dead letters are of version ", version,
            ": expected at most ", kDeadLetterSchemaVersion,
            "; use the program that wrote them, or a newer one"));
  }
  return absl::OkStatus();
}

absl::Status EnsureDeadLetterSchema(SqliteDatabase& database) {
  PHOENIX_ASSIGN_OR_RETURN(const bool is_new, IsNew(database));
  if (!is_new) return CheckDeadLetterSchema(database);
  // To be said before there is a table: what is dropped gives its room back.
  PHOENIX_RETURN_IF_ERROR(database.Run("PRAGMA auto_vacuum = INCREMENTAL"));
  PHOENIX_RETURN_IF_ERROR(database.Run("PRAGMA journal_mode = WAL"));
  return CreateTables(database);
}

}  // namespace phoenix
