#ifndef LIBS_SINKS_POSTGRES_CONNECTION_H_
#define LIBS_SINKS_POSTGRES_CONNECTION_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/base/secret.h"

// libpq's own types, whose header stays out of this one.
struct pg_conn;
struct pg_result;

namespace phoenix {

// The rows that a query gave, as text. Thread-compatible.
class QueryRows {
 public:
  // Takes the result over.
  explicit QueryRows(pg_result* result);

  int size() const;
  int columns() const;

  // Empty for null. Valid as long as this object.
  std::string_view Get(int row, int column) const;

 private:
  struct Deleter {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Deleter> result_;
};

// One session with a PostgreSQL server, by libpq. No call waits for much longer
// than `timeout` without the server saying or taking anything, nor after
// Cancel.
//
// Errors of all calls, by what is to be done:
//   INVALID_ARGUMENT     the server refuses a row that it was given: a wrong
//                        value, a constraint, an error raised by a trigger.
//   FAILED_PRECONDITION  it refuses the statement: no such table, no
//   permission,
//                        wrong password. Somebody has to change something.
//   UNAVAILABLE          it may work later: no connection (is_open() is false
//                        then), deadlock, serialisation failure, disk full.
//   CANCELLED            by Cancel.
// After UNAVAILABLE and CANCELLED what the server has done is unknown if the
// connection is gone. Thread-compatible, but for Cancel.
class PostgresConnection {
 public:
  struct Options {
    Secret connection_string;  // libpq's: `key=value ...` or `postgresql://`.
    absl::Duration connect_timeout = absl::Seconds(10);  // For each step of it.
    absl::Duration timeout = absl::Seconds(60);
  };

  explicit PostgresConnection(Options options);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Connects; text is UTF-8 in this session. Not to be called when open.
  absl::Status Open();
  void Close();
  bool is_open() const { return connection_ != nullptr; }

  // Runs one statement or several with semicolons between: what the last one
  // gave.
  absl::StatusOr<QueryRows> Query(const std::string& sql);

  // Query for those whose rows nobody wants.
  absl::Status Run(const std::string& sql);

  // Runs `statement`, a COPY ... FROM STDIN, on these bytes.
  absl::Status CopyIn(const std::string& statement,
                      absl::Span<const std::string_view> chunks);

  // Of the last error of CopyIn: the row that the server refused, from 1; 0
  // when it did not say. `table` is the name in the statement, without quotes.
  size_t FailedCopyRow(std::string_view table) const;

  // Ends waiting, from now on, from any thread.
  void Cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

 private:
  absl::Status Connect();
  absl::Status Await(short events, absl::Duration timeout);
  absl::Status Flush();
  absl::StatusOr<QueryRows> Results();
  absl::StatusOr<pg_result*> NextResult();
  absl::Status PutChunk(std::string_view chunk);
  absl::Status Lost();
  absl::Status Keep(const pg_result& result);

  const Options options_;
  pg_conn* connection_ = nullptr;
  std::atomic<bool> cancelled_ = false;
  std::string error_context_;  // Of the last error: where the server was.
};

// A name in SQL, quoted.
std::string QuoteName(std::string_view name);

// The name of a table, with a schema when it has a point: `a.b` gives
// `"a"."b"`.
std::string QuoteTableName(std::string_view name);

// A text in SQL, quoted. `text` has no NUL.
std::string QuoteText(std::string_view text);

// Whether libpq understands it. What is wrong is not said: it may hold a
// password.
bool IsConnectionString(const std::string& text);

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_CONNECTION_H_
