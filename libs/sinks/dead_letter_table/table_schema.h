#ifndef LIBS_SINKS_DEAD_LETTER_TABLE_TABLE_SCHEMA_H_
#define LIBS_SINKS_DEAD_LETTER_TABLE_TABLE_SCHEMA_H_

#include <cstdint>

#include "absl/status/status.h"
#include "libs/sqlite/database.h"

namespace phoenix {

// The layout of the table, as `PRAGMA user_version` of the database says it. A
// program reads and writes the versions up to its own.
inline constexpr int64_t kDeadLetterSchemaVersion = 1;

// What `PRAGMA application_id` of such a database says: "PxDL".
inline constexpr int64_t kDeadLetterApplicationId = 0x5078444C;

// That the database is one of dead letters, of a version that this program
// knows. Changes nothing. FAILED_PRECONDITION says what it is instead and what
// to do.
absl::Status CheckDeadLetterSchema(SqliteDatabase& database);

// Makes the table in a database that has nothing yet, and otherwise checks it
// as above. Several processes may do so at once.
absl::Status EnsureDeadLetterSchema(SqliteDatabase& database);

}  // namespace phoenix

#endif  // LIBS_SINKS_DEAD_LETTER_TABLE_TABLE_SCHEMA_H_
