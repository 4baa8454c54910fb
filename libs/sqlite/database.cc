#include "libs/sqlite/database.h"

#include <sqlite3.h>

#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace phoenix {
namespace {

absl::StatusCode CodeOf(int result) {
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
      return absl::StatusCode::kUnavailable;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_CANTOPEN:
      return absl::StatusCode::kNotFound;
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_SCHEMA:
      return absl::StatusCode::kFailedPrecondition;
    case SQLITE_CORRUPT:
      return absl::StatusCode::kDataLoss;
    case SQLITE_TOOBIG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

// Without a database: what the number says in general.
absl::Status ErrorOf(int result, sqlite3* database, std::string_view path) {
  const char* const text =
      database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
  return absl::Status(CodeOf(result), Cat("'", path, "': ", text));
}

int FlagsOf(SqliteDatabase::Mode mode) {
  switch (mode) {
    case SqliteDatabase::Mode::kRead:
      return SQLITE_OPEN_READONLY;
    case SqliteDatabase::Mode::kWrite:
      return SQLITE_OPEN_READWRITE;
    case SqliteDatabase::Mode::kCreate:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3_stmt* statement, std::string_view path)
    : statement_(statement), path_(path) {}

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::Note(int result) {
  if (result != SQLITE_OK) bind_result_ = result;
}

void SqliteStatement::Bind(int parameter, int64_t value) {
  Note(sqlite3_bind_int64(statement_.get(), parameter, value));
}

void SqliteStatement::Bind(int parameter, std::string_view text) {
  // A null pointer would be NULL.
  const char* const data = text.empty() ? "" : text.data();
  Note(sqlite3_bind_text64(statement_.get(), parameter, data, text.size(),
                           SQLITE_TRANSIENT, SQLITE_UTF8));
}

void SqliteStatement::BindBlob(int parameter, std::string_view bytes) {
  const char* const data = bytes.empty() ? "" : bytes.data();
  Note(sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(),
                           SQLITE_TRANSIENT));
}

absl::StatusOr<bool> SqliteStatement::Step() {
  if (bind_result_ != SQLITE_OK) return Fail();
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) return Fail();
  sqlite3_reset(statement_.get());
  return false;
}

// The statement may be used again.
absl::Status SqliteStatement::Fail() {
  sqlite3* const database = sqlite3_db_handle(statement_.get());
  const int noted = std::exchange(bind_result_, SQLITE_OK);
  const absl::Status error =
      noted != SQLITE_OK
          ? ErrorOf(noted, nullptr, path_)
          : ErrorOf(sqlite3_extended_errcode(database), database, path_);
  sqlite3_reset(statement_.get());
  return error;
}

absl::Status SqliteStatement::Run() {
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const bool row, Step());
    if (!row) return absl::OkStatus();
  }
}

void SqliteStatement::Reset() { sqlite3_reset(statement_.get()); }

int64_t SqliteStatement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view SqliteStatement::Text(int column) const {
  const unsigned char* const text =
      sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

std::string_view SqliteStatement::Blob(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

SqliteDatabase::SqliteDatabase(sqlite3* database, std::string path)
    : database_(database), path_(std::move(path)) {}

void SqliteDatabase::Closer::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}

absl::StatusOr<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(
    const std::string& path, const Options& options) {
  sqlite3* handle = nullptr;
  const int result =
      sqlite3_open_v2(path.c_str(), &handle,
                      FlagsOf(options.mode) | SQLITE_OPEN_NOMUTEX, nullptr);
  // A handle is there after most errors too.
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(handle, path));
  if (result != SQLITE_OK) return ErrorOf(result, handle, path);
  sqlite3_busy_timeout(
      handle, static_cast<int>(absl::ToInt64Milliseconds(options.max_wait)));
  return database;
}

absl::Status SqliteDatabase::Run(const std::string& sql) {
  const int result =
      sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result == SQLITE_OK) return absl::OkStatus();
  return ErrorOf(result, database_.get(), path_);
}

absl::StatusOr<SqliteStatement> SqliteDatabase::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int result =
      sqlite3_prepare_v2(database_.get(), sql.data(),
                         static_cast<int>(sql.size()), &statement, nullptr);
  if (result != SQLITE_OK) return ErrorOf(result, database_.get(), path_);
  return SqliteStatement(statement, path_);
}

absl::StatusOr<int64_t> SqliteDatabase::QueryInteger(std::string_view sql) {
  PHOENIX_ASSIGN_OR_RETURN(SqliteStatement statement, Prepare(sql));
  PHOENIX_ASSIGN_OR_RETURN(const bool row, statement.Step());
  return row ? statement.Integer(0) : 0;
}

bool SqliteDatabase::is_read_only() const {
  return sqlite3_db_readonly(database_.get(), "main") == 1;
}

int64_t SqliteDatabase::changes() const {
  return sqlite3_changes64(database_.get());
}

absl::StatusOr<SqliteTransaction> SqliteTransaction::Begin(
    SqliteDatabase& database) {
  PHOENIX_RETURN_IF_ERROR(database.Run("BEGIN IMMEDIATE"));
  return SqliteTransaction(database);
}

SqliteTransaction::SqliteTransaction(SqliteTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

SqliteTransaction::~SqliteTransaction() {
  // Some errors have rolled back already: then there is nothing to do.
  if (database_ != nullptr) database_->Run("ROLLBACK").IgnoreError();
}

absl::Status SqliteTransaction::Commit() {
  PHOENIX_RETURN_IF_ERROR(database_->Run("COMMIT"));
  database_ = nullptr;
  return absl::OkStatus();
}

}  // namespace phoenix
