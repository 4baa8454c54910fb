#include "libs/sinks/postgres/connection.h"

#include <poll.h>
#include <postgresql/libpq-fe.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/sinks/postgres/sql_error.h"

namespace phoenix {
namespace {

// How soon a wait notices that it was cancelled.
constexpr absl::Duration kSlice = absl::Milliseconds(100);

// A server that keeps to a timeout of its own gets so much longer to say so.
constexpr absl::Duration kGrace = absl::Seconds(1);

// What is given to libpq at a time: it copies it to a buffer that grows to it.
constexpr size_t kChunkBytes = 64 << 10;

// libpq ends messages with a line feed, and details follow on lines of their
// own: on one line without.
std::string OneLine(const char* text) {
  std::string line(text == nullptr ? "" : text);
  absl::StripTrailingAsciiWhitespace(&line);
  return absl::StrReplaceAll(line, {{"\n", ": "}});
}

std::string Field(const pg_result& result, int field) {
  return OneLine(PQresultErrorField(&result, field));
}

bool IsError(const pg_result* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

struct ConnectParameters {
  ConnectParameters(const std::string& connection_string,
                    absl::Duration timeout)
      : seconds(Cat(std::max<int64_t>(2, absl::ToInt64Seconds(timeout)))),
        values{connection_string.c_str(), "phoenix", "UTF8", seconds.c_str(),
               nullptr} {}
  const std::string seconds;
  // What stands behind `dbname` holds, whatever that says.
  const char* const names[5] = {"dbname", "fallback_application_name",
                                "client_encoding", "connect_timeout", nullptr};
  const char* const values[5];
};

}  // namespace

QueryRows::QueryRows(pg_result* result) : result_(result) {}

void QueryRows::Deleter::operator()(pg_result* result) const {
  PQclear(result);
}

int QueryRows::size() const { return PQntuples(result_.get()); }

int QueryRows::columns() const { return PQnfields(result_.get()); }

std::string_view QueryRows::Get(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

PostgresConnection::PostgresConnection(Options options)
    : options_(std::move(options)) {}

PostgresConnection::~PostgresConnection() { Close(); }

void PostgresConnection::Close() {
  PQfinish(std::exchange(connection_, nullptr));
}

absl::Status PostgresConnection::Open() {
  const absl::Status connected = Connect();
  if (connected.ok() || !is_open()) return connected;
  Close();
  const ConnectParameters parameters(options_.connection_string.Reveal(),
                                     options_.connect_timeout);
  // A server that answers, and refuses us, will do so again.
  const PGPing ping = PQpingParams(parameters.names, parameters.values, 1);
  const bool refused = ping == PQPING_OK || ping == PQPING_NO_ATTEMPT;
  return absl::Status(refused ? absl::StatusCode::kFailedPrecondition
                              : absl::StatusCode::kUnavailable,
                      connected.message());
}

absl::Status PostgresConnection::Connect() {
  const ConnectParameters parameters(options_.connection_string.Reveal(),
                                     options_.connect_timeout);
  connection_ = PQconnectStartParams(parameters.names, parameters.values, 1);
  if (connection_ == nullptr) return absl::UnavailableError("out of memory");
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (PQstatus(connection_) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
         state != PGRES_POLLING_FAILED) {
    PHOENIX_RETURN_IF_ERROR(
        Await(state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
              options_.connect_timeout));
    state = PQconnectPoll(connection_);
  }
  if (state != PGRES_POLLING_OK) {
    return absl::UnavailableError(
        Cat("connect: ", OneLine(PQerrorMessage(connection_))));
  }
  PQsetnonblocking(connection_, 1);
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  return absl::OkStatus();
}

absl::Status PostgresConnection::Await(short events, absl::Duration timeout) {
  pollfd socket{PQsocket(connection_), events, 0};
  for (absl::Duration waited; !cancelled_; waited += kSlice) {
    if (waited > timeout) {
      Close();
      return absl::UnavailableError("server does not answer in time");
    }
    const int slice_ms = static_cast<int>(absl::ToInt64Milliseconds(kSlice));
    if (poll(&socket, 1, slice_ms) > 0) return absl::OkStatus();
  }
  Close();
  return absl::CancelledError("sink was stopped");
}

absl::Status PostgresConnection::Lost() {
  const std::string why = OneLine(PQerrorMessage(connection_));
  Close();
  return absl::UnavailableError(
      Cat("connection lost: ", why.empty() ? "the server closed it" : why));
}

absl::Status PostgresConnection::Flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Lost();
    // The server may be waiting until we have read.
    PHOENIX_RETURN_IF_ERROR(Await(POLLIN | POLLOUT, options_.timeout + kGrace));
    if (PQconsumeInput(connection_) == 0) return Lost();
  }
}

// Null when the statements have given all.
absl::StatusOr<pg_result*> PostgresConnection::NextResult() {
  PHOENIX_RETURN_IF_ERROR(Flush());
  while (PQisBusy(connection_)) {
    PHOENIX_RETURN_IF_ERROR(Await(POLLIN, options_.timeout + kGrace));
    if (PQconsumeInput(connection_) == 0) return Lost();
  }
  return PQgetResult(connection_);
}

absl::Status PostgresConnection::Keep(const pg_result& result) {
  const std::string state = Field(result, PG_DIAG_SQLSTATE);
  error_context_ = Field(result, PG_DIAG_CONTEXT);
  std::string text = Field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) text = OneLine(PQresultErrorMessage(&result));
  const std::string detail = Field(result, PG_DIAG_MESSAGE_DETAIL);
  if (!detail.empty()) CatTo(text, ": ", detail);
  if (!state.empty()) CatTo(text, " (SQLSTATE ", state, ")");
  return absl::Status(CodeOfSqlState(state), text);
}

absl::StatusOr<QueryRows> PostgresConnection::Results() {
  QueryRows last(nullptr);
  absl::Status failure;
  for (;;) {
    PHOENIX_ASSIGN_OR_RETURN(pg_result* const result, NextResult());
    if (result == nullptr) break;
    last = QueryRows(result);
    if (failure.ok() && IsError(result)) failure = Keep(*result);
  }
  if (PQstatus(connection_) == CONNECTION_BAD) {
    Close();
    if (failure.ok()) return absl::UnavailableError("connection lost");
    return absl::UnavailableError(
        Cat("connection lost: ", FromAbsl(failure.message())));
  }
  if (!failure.ok()) return failure;
  return last;
}

absl::StatusOr<QueryRows> PostgresConnection::Query(const std::string& sql) {
  if (PQsendQuery(connection_, sql.c_str()) == 0) return Lost();
  return Results();
}

absl::Status PostgresConnection::Run(const std::string& sql) {
  return Query(sql).status();
}

absl::Status PostgresConnection::PutChunk(std::string_view chunk) {
  while (!chunk.empty()) {
    const size_t size = std::min(chunk.size(), kChunkBytes);
    const int put =
        PQputCopyData(connection_, chunk.data(), static_cast<int>(size));
    if (put < 0) return Lost();
    PHOENIX_RETURN_IF_ERROR(Flush());
    if (put > 0) chunk.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::CopyIn(
    const std::string& statement, absl::Span<const std::string_view> chunks) {
  error_context_.clear();
  if (PQsendQuery(connection_, statement.c_str()) == 0) return Lost();
  PHOENIX_ASSIGN_OR_RETURN(pg_result* const started, NextResult());
  const QueryRows owner(started);
  if (PQresultStatus(started) != PGRES_COPY_IN) {
    const absl::Status refused = Keep(*started);
    const auto rest = Results();
    return rest.ok() || is_open() ? refused : rest.status();
  }
  for (std::string_view chunk : chunks) {
    PHOENIX_RETURN_IF_ERROR(PutChunk(chunk));
  }
  int ended = 0;
  while ((ended = PQputCopyEnd(connection_, nullptr)) == 0) {
    PHOENIX_RETURN_IF_ERROR(Flush());
  }
  if (ended < 0) return Lost();
  return Results().status();
}

size_t PostgresConnection::FailedCopyRow(std::string_view table) const {
  return RowInCopyContext(error_context_, table);
}

std::string QuoteName(std::string_view name) {
  std::string quoted = "\"";
  for (char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

std::string QuoteTableName(std::string_view name) {
  const size_t point = name.find('.');
  if (point == std::string_view::npos) return QuoteName(name);
  return Cat(QuoteName(name.substr(0, point)), ".",
             QuoteName(name.substr(point + 1)));
}

std::string QuoteText(std::string_view text) {
  // E'' means the same whatever the server's settings are.
  std::string quoted = "E'";
  for (char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

bool IsConnectionString(const std::string& text) {
  char* error = nullptr;
  PQconninfoOption* const options = PQconninfoParse(text.c_str(), &error);
  const bool valid = options != nullptr;
  PQconninfoFree(options);
  PQfreemem(error);
  return valid;
}

}  // namespace phoenix
