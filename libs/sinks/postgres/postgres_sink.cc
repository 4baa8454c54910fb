#include "libs/sinks/postgres/postgres_sink.h"

#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/component/offset_pages.h"
#include "libs/event/status_text.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// Whatever the database's default, each statement sees what others have
// committed before it. Constraints are checked row by row: at the end nobody
// could say whose fault it was.
constexpr char kBegin[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED; SET CONSTRAINTS ALL IMMEDIATE; "
    "SAVEPOINT phoenix";
constexpr char kUndo[] = "ROLLBACK TO SAVEPOINT phoenix";
constexpr char kKeep[] = "RELEASE SAVEPOINT phoenix; SAVEPOINT phoenix";

// Rows are final once a commit is answered: it may not be answered before the
// server has synced it, whatever its default is; a higher level stays.
constexpr char kSyncCommits[] =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE "
    "current_setting('synchronous_commit') = 'off'";

}  // namespace

PostgresSink::PostgresSink(Options options)
    : options_(std::move(options)),
      encoder_(options_.table.columns, options_.table.key),
      table_(options_.table),
      connection_(options_.connection) {
  if (options_.positions.has_value()) positions_.emplace(*options_.positions);
}

absl::Status PostgresSink::Open() {
  const absl::Status opened = Connect();
  if (!absl::IsUnavailable(opened)) return opened;
  Logger::Process().Warn(
      "PostgreSQL does not answer; the sink will try again.",
      {{"component.name", options_.name}, {"error", opened}});
  return absl::OkStatus();
}

absl::Status PostgresSink::Connect() {
  if (connection_.is_open()) return absl::OkStatus();
  const absl::Status connected = connection_.Open();
  if (absl::IsFailedPrecondition(connected)) {
    return InContext(connected, "`connection`");
  }
  PHOENIX_RETURN_IF_ERROR(connected);
  const absl::Status prepared = PrepareSession();
  if (!prepared.ok()) connection_.Close();
  return prepared;
}

// The server ends what we have left: a transaction of a connection that broke
// holds locks that the next one waits for.
absl::Status PostgresSink::PrepareSession() {
  const int64_t timeout_ms =
      absl::ToInt64Milliseconds(options_.connection.timeout);
  PHOENIX_RETURN_IF_ERROR(connection_.Run(
      Cat("SET statement_timeout = ", timeout_ms,
          "; SET idle_in_transaction_session_timeout = ", timeout_ms,
          "; SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; "
          "SET tcp_keepalives_count = 3; SET client_min_messages = error")));
  PHOENIX_RETURN_IF_ERROR(connection_.Run(kSyncCommits));
  PHOENIX_RETURN_IF_ERROR(table_.Prepare(connection_));
  if (!positions_.has_value()) return absl::OkStatus();
  return positions_->Prepare(connection_);
}

void PostgresSink::Write(BatchView view, SettleCallback settle) {
  staged_.Add(view, options_.name, std::move(settle), encoder_);
  if (staged_.bytes() >= options_.max_transaction_bytes) Deliver();
}

void PostgresSink::Flush() {
  if (staged_.size() > 0) Deliver();
}

void PostgresSink::Deliver() {
  fates_.assign(staged_.size(), Fate::kWrite);
  refused_.clear();
  const absl::Status done = RunTransaction();
  if (done.ok()) {
    SettleAll();
  } else {
    // A new session looks at the table anew; the server undoes the old one's.
    connection_.Close();
    const absl::Status why =
        InContext(done, Cat("write to table '", options_.table.name, "'"));
    for (size_t row = 0; row < staged_.size(); ++row) {
      staged_.Settle(row, Outcome::kRetry, why);
    }
  }
  staged_.Clear();
}

absl::Status PostgresSink::RunTransaction() {
  if (connection_.cancelled()) return absl::CancelledError("sink was stopped");
  PHOENIX_RETURN_IF_ERROR(Connect());
  PHOENIX_RETURN_IF_ERROR(connection_.Run(kBegin));
  table_.Begin();
  if (positions_.has_value()) PHOENIX_RETURN_IF_ERROR(ReadPositions());
  PHOENIX_RETURN_IF_ERROR(WriteRows());
  if (positions_.has_value()) {
    PHOENIX_RETURN_IF_ERROR(positions_->Store(connection_));
  }
  return Commit();
}

absl::Status PostgresSink::ReadPositions() {
  positions_->Clear();
  for (const StagedRows::Write& write : staged_.writes()) {
    if (!write.has_identity()) continue;
    PositionTable::Partition& partition = positions_->Of(write.identity);
    for (size_t row = write.begin; row < write.end; ++row) {
      partition.Want(staged_.OffsetOf(row));
    }
  }
  PHOENIX_RETURN_IF_ERROR(positions_->Load(connection_));
  for (const StagedRows::Write& write : staged_.writes()) {
    if (!write.has_identity()) continue;
    PositionTable::Partition& partition = positions_->Of(write.identity);
    for (size_t row = write.begin; row < write.end; ++row) {
      DecideByPosition(row, partition);
    }
  }
  return absl::OkStatus();
}

void PostgresSink::DecideByPosition(size_t row,
                                    PositionTable::Partition& partition) {
  const int64_t offset = staged_.OffsetOf(row);
  switch (partition.Find(offset)) {
    case PositionTable::Seen::kNo:
      partition.Add(offset);
      break;
    case PositionTable::Seen::kYes:
      fates_[row] = Fate::kRepeated;
      break;
    case PositionTable::Seen::kForgotten:
      fates_[row] = Fate::kForgotten;
      break;
  }
}

// Rows that the server names are taken out one by one: each is sent twice at
// the most. When it names none, halves are tried.
absl::Status PostgresSink::WriteRows() {
  std::vector<std::vector<size_t>> left(1);
  for (size_t row = 0; row < staged_.size(); ++row) {
    if (fates_[row] == Fate::kWrite) left[0].push_back(row);
  }
  while (!left.empty()) {
    const std::vector<size_t> rows = std::move(left.back());
    left.pop_back();
    if (rows.empty()) continue;
    const absl::Status written = WriteSome(rows);
    if (written.ok()) {
      if (!left.empty()) PHOENIX_RETURN_IF_ERROR(connection_.Run(kKeep));
      continue;
    }
    if (!absl::IsInvalidArgument(written)) return written;
    PHOENIX_RETURN_IF_ERROR(connection_.Run(kUndo));
    const size_t named = rows.size() == 1 ? 1 : table_.FailedRow(connection_);
    const bool known = named >= 1 && named <= rows.size();
    if (known) Refuse(rows[named - 1], written);
    const auto middle = rows.begin() + (known ? named : rows.size() / 2);
    left.emplace_back(middle, rows.end());
    left.emplace_back(rows.begin(), known ? middle - 1 : middle);
  }
  return absl::OkStatus();
}

absl::Status PostgresSink::WriteSome(const std::vector<size_t>& rows) {
  tuples_.clear();
  staged_.AppendTuples(rows, tuples_);
  return table_.Write(connection_, tuples_);
}

void PostgresSink::Refuse(size_t row, const absl::Status& why) {
  fates_[row] = Fate::kRefused;
  refused_[row] = why;
  const StagedRows::Write& write = staged_.WriteOf(row);
  if (!positions_.has_value() || !write.has_identity()) return;
  // It may be mended and sent again.
  positions_->Of(write.identity).Remove(staged_.OffsetOf(row));
}

absl::Status PostgresSink::Commit() {
  PHOENIX_RETURN_IF_ERROR(PHOENIX_FAILPOINT("postgres.commit.before_send"));
  PHOENIX_RETURN_IF_ERROR(connection_.Run("COMMIT"));
  const absl::Status answered =
      PHOENIX_FAILPOINT("postgres.commit.before_answer");
  if (!answered.ok()) {
    connection_.Close();
    return answered;
  }
  ++commits_;
  return absl::OkStatus();
}

void PostgresSink::SettleAll() {
  for (size_t row = 0; row < staged_.size(); ++row) SettleOne(row);
}

void PostgresSink::SettleOne(size_t row) {
  switch (fates_[row]) {
    case Fate::kWrite:
      ++written_;
      return staged_.Settle(row, Outcome::kDelivered);
    case Fate::kRepeated:
      ++repeated_;
      return staged_.Settle(row, Outcome::kDelivered);
    case Fate::kForgotten:
      return staged_.Settle(
          row, Outcome::kRejected,
          ForgottenOffsetError(staged_.WriteOf(row).identity));
    case Fate::kRefused:
      return staged_.Settle(row, Outcome::kRejected, refused_[row]);
  }
}

absl::Status PostgresSink::Close() {
  Flush();
  connection_.Close();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PostgresSink::RecordedEnd(const BatchIdentity& log) {
  if (!positions_.has_value()) return 0;
  PHOENIX_RETURN_IF_ERROR(Connect());
  return positions_->End(connection_, log);
}

DeliveryGuarantee PostgresSink::guarantee() const {
  if (positions_.has_value()) return DeliveryGuarantee::kExactlyOnce;
  return options_.table.key.empty() ? DeliveryGuarantee::kAtLeastOnce
                                    : DeliveryGuarantee::kIdempotent;
}

size_t PostgresSink::max_memory_bytes() const {
  // The tuples in a buffer that doubles, and where they begin and end.
  return 3 * options_.max_transaction_bytes;
}

std::vector<std::string> PostgresSink::Report() const {
  std::vector<std::string> lines = {Cat(written_, " rows written to table '",
                                        options_.table.name, "' in ", commits_,
                                        " transactions")};
  if (repeated_ > 0) {
    lines.push_back(
        Cat(repeated_, " events came again and were not written again"));
  }
  return lines;
}

}  // namespace phoenix
