#ifndef LIBS_SQLITE_DATABASE_H_
#define LIBS_SQLITE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// SQLite's own types, whose header stays out of this one.
struct sqlite3;
struct sqlite3_stmt;

namespace phoenix {

// Errors of everything here, by what is to be done:
//   UNAVAILABLE          it may work later: others write, the device failed.
//   RESOURCE_EXHAUSTED   the disk or the memory is full.
//   PERMISSION_DENIED    the file can't be written to.
//   NOT_FOUND            there is no such file, or it can't be opened.
//   FAILED_PRECONDITION  the file is no database of SQLite, or one that the
//                        statement does not fit.
//   DATA_LOSS            the database is damaged.
//   INVALID_ARGUMENT     a value is too large for SQLite.
//   INTERNAL             the SQL is wrong.
// Messages begin with the file's path.

// One prepared statement: bind parameters, step over rows, and again.
// Thread-compatible; outlived by its database.
class SqliteStatement {
 public:
  // Takes it over.
  SqliteStatement(sqlite3_stmt* statement, std::string_view path);

  // Parameters count from 1 and keep their values until they are bound anew.
  // Texts (UTF-8) and blobs are copied. An error is told by the next Step.
  void Bind(int parameter, int64_t value);
  void Bind(int parameter, std::string_view text);
  void BindBlob(int parameter, std::string_view bytes);

  // Moves to the next row; false: there is none, and the statement may be
  // bound and stepped anew.
  absl::StatusOr<bool> Step();

  // Steps to the end.
  absl::Status Run();

  // Leaves the rows that have not been stepped to.
  void Reset();

  // Of the row. Columns count from 0; views are valid until the next Step.
  int64_t Integer(int column) const;
  std::string_view Text(int column) const;
  std::string_view Blob(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };

  void Note(int result);
  absl::Status Fail();

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::string path_;
  int bind_result_ = 0;
};

// One connection to a database in a file. Thread-compatible.
class SqliteDatabase {
 public:
  enum class Mode {
    kRead,   // Changes nothing.
    kWrite,  // The file is there.
    kCreate  // It is made if it is not there.
  };

  struct Options {
    Mode mode = Mode::kWrite;
    // How long a statement waits for other connections that write.
    absl::Duration max_wait = absl::Seconds(1);
  };

  // Opening reads nothing yet: what is no database is found by the first
  // statement.
  static absl::StatusOr<std::unique_ptr<SqliteDatabase>> Open(
      const std::string& path, const Options& options);

  // Runs one statement or several with semicolons between; rows are dropped.
  absl::Status Run(const std::string& sql);

  absl::StatusOr<SqliteStatement> Prepare(std::string_view sql);

  // The first column of the first row; 0 when there is none.
  absl::StatusOr<int64_t> QueryInteger(std::string_view sql);

  // Whether the file system lets nobody write, though it was asked for.
  bool is_read_only() const;

  // Rows that the last INSERT, UPDATE or DELETE touched itself.
  int64_t changes() const;

  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };

  SqliteDatabase(sqlite3* database, std::string path);

  std::unique_ptr<sqlite3, Closer> database_;
  const std::string path_;
};

// Takes the right to write until Commit, or until it goes: then all that was
// changed is as before. Thread-compatible; outlived by its database.
class SqliteTransaction {
 public:
  static absl::StatusOr<SqliteTransaction> Begin(SqliteDatabase& database);

  SqliteTransaction(SqliteTransaction&& other) noexcept;
  SqliteTransaction& operator=(SqliteTransaction&&) = delete;
  ~SqliteTransaction();

  // After an error, whatever it is, nothing has been changed.
  absl::Status Commit();

 private:
  explicit SqliteTransaction(SqliteDatabase& database) : database_(&database) {}

  SqliteDatabase* database_;  // Null: ended.
};

}  // namespace phoenix

#endif  // LIBS_SQLITE_DATABASE_H_
