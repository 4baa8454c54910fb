#include "libs/sinks/dead_letter_table/dead_letter_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/timestamp.h"
#include "libs/io/errno_status.h"
#include "libs/io/unique_fd.h"
#include "libs/sinks/dead_letter_table/table_schema.h"

namespace phoenix {
namespace {

// Of as many decimals each, so that texts sort as times do.
constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E6SZ";

// The log of changes is cut to this when it has been written back.
constexpr int kMaxKeptWalBytes = 16 << 20;

constexpr std::string_view kColumns =
    "number, pipeline, id, component, line_number, column_number, revision, "
    "error_code, error_message, attempts, first_failed, last_failed, "
    "attributes, payload, payload_kind, json_array_length(components), "
    "event_type";

constexpr std::string_view kPut = R"sql(
INSERT INTO dead_letters (pipeline, id, component, components, line_number,
    column_number, revision, error_code, error_message, attempts, first_failed,
    last_failed, attributes, payload, payload_kind, size_bytes)
VALUES (?1, ?2, ?3, json_array(?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12,
    ?13, ?14)
ON CONFLICT (pipeline, id) DO UPDATE SET component = excluded.component,
    components = CASE
        WHEN excluded.component IN (SELECT value FROM json_each(components))
        THEN components
        ELSE json_insert(components, '$[#]', excluded.component) END,
    line_number = excluded.line_number,
    column_number = excluded.column_number, revision = excluded.revision,
    error_code = excluded.error_code, error_message = excluded.error_message,
    attempts = attempts + excluded.attempts,
    last_failed = excluded.last_failed, attributes = excluded.attributes,
    payload = excluded.payload, payload_kind = excluded.payload_kind,
    size_bytes = excluded.size_bytes
)sql";

std::string_view KindName(PayloadKind kind) {
  switch (kind) {
    case PayloadKind::kNone:
      return "none";
    case PayloadKind::kText:
      return "text";
    case PayloadKind::kProto:
      return "proto";
    case PayloadKind::kPlainText:
      return "plain_text";
    case PayloadKind::kBinary:
      break;
  }
  return "binary";
}

PayloadKind KindOf(std::string_view name) {
  if (name == "none") return PayloadKind::kNone;
  if (name == "text") return PayloadKind::kText;
  if (name == "plain_text") return PayloadKind::kPlainText;
  return name == "proto" ? PayloadKind::kProto : PayloadKind::kBinary;
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime(kTimeFormat, time, absl::UTCTimeZone());
}

absl::Time TimeOf(std::string_view text) {
  const auto time = ParseRfc3339(text);
  if (!time.has_value()) return absl::UnixEpoch();
  return absl::FromUnixSeconds(time->seconds) + absl::Nanoseconds(time->nanos);
}

// The row that `statement`, which selects kColumns, is at.
StoredDeadLetter RowOf(const SqliteStatement& row) {
  const auto text = [&](int column) { return std::string(row.Text(column)); };
  StoredDeadLetter stored;
  DeadLetter& letter = stored.letter;
  stored.number = row.Integer(0);
  letter.pipeline = text(1);
  letter.id = text(2);
  letter.component = text(3);
  letter.position.line = static_cast<int>(row.Integer(4));
  letter.position.column = static_cast<int>(row.Integer(5));
  letter.revision = text(6);
  letter.error_code = text(7);
  letter.error_message = text(8);
  letter.attempts = row.Integer(9);
  stored.first_failed = TimeOf(row.Text(10));
  letter.time = TimeOf(row.Text(11));
  letter.attributes = text(12);
  letter.payload = std::string(row.Blob(13));
  letter.payload_kind = KindOf(row.Text(14));
  stored.component_count = row.Integer(15);
  stored.event_type = text(16);
  return stored;
}

// The name of a file that was made is on the disk only after this.
absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder =
      std::filesystem::absolute(path).parent_path().string();
  const UniqueFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) {
    return ErrnoStatus(errno, Cat("directory '", folder, "' can't be synced"));
  }
  return absl::OkStatus();
}

absl::Status Prepare(SqliteDatabase& database, const std::string& path,
                     SqliteDatabase::Mode mode) {
  if (mode == SqliteDatabase::Mode::kRead) {
    return CheckDeadLetterSchema(database);
  }
  if (database.is_read_only()) {
    return absl::PermissionDeniedError(Cat("'", path, "': can't be written"));
  }
  PHOENIX_RETURN_IF_ERROR(mode == SqliteDatabase::Mode::kCreate
                              ? EnsureDeadLetterSchema(database)
                              : CheckDeadLetterSchema(database));
  // A commit waits for the disk.
  PHOENIX_RETURN_IF_ERROR(database.Run(
      Cat("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ",
          kMaxKeptWalBytes)));
  return mode == SqliteDatabase::Mode::kCreate ? SyncFolderOf(path)
                                               : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<DeadLetterTable>> DeadLetterTable::Open(
    const std::string& path, const SqliteDatabase::Options& options) {
  PHOENIX_ASSIGN_OR_RETURN(auto database, SqliteDatabase::Open(path, options));
  PHOENIX_RETURN_IF_ERROR(Prepare(*database, path, options.mode));
  std::unique_ptr<DeadLetterTable> table(
      new DeadLetterTable(std::move(database)));
  PHOENIX_RETURN_IF_ERROR(table->PrepareStatements());
  return table;
}

absl::Status DeadLetterTable::PrepareStatements() {
  const auto prepare = [this](std::optional<SqliteStatement>& statement,
                              std::string_view sql) -> absl::Status {
    PHOENIX_ASSIGN_OR_RETURN(statement, database_->Prepare(sql));
    return absl::OkStatus();
  };
  PHOENIX_RETURN_IF_ERROR(prepare(put_, kPut));
  PHOENIX_RETURN_IF_ERROR(prepare(
      contains_, "SELECT 1 FROM dead_letters WHERE pipeline = ?1 AND id = ?2"));
  PHOENIX_RETURN_IF_ERROR(
      prepare(remove_,
              "DELETE FROM dead_letters WHERE number = ?1 AND attempts = ?2 "
              "AND last_failed = ?3"));
  return prepare(page_, Cat("SELECT ", kColumns,
                            " FROM dead_letters WHERE pipeline = ?1 AND "
                            "number > ?2 ORDER BY number LIMIT ?3"));
}

absl::StatusOr<SqliteTransaction> DeadLetterTable::Begin() {
  return SqliteTransaction::Begin(*database_);
}

absl::Status DeadLetterTable::Put(const DeadLetter& letter) {
  put_->Bind(1, letter.pipeline);
  put_->Bind(2, letter.id);
  put_->Bind(3, letter.component);
  put_->Bind(4, int64_t{letter.position.line});
  put_->Bind(5, int64_t{letter.position.column});
  put_->Bind(6, letter.revision);
  put_->Bind(7, letter.error_code);
  put_->Bind(8, letter.error_message);
  put_->Bind(9, letter.attempts);
  put_->Bind(10, TimeText(letter.time));
  put_->Bind(11, letter.attributes);
  put_->BindBlob(12, letter.payload);
  put_->Bind(13, KindName(letter.payload_kind));
  put_->Bind(14, SizeOf(letter));
  return put_->Run();
}

absl::StatusOr<bool> DeadLetterTable::Contains(const DeadLetter& letter) {
  contains_->Bind(1, letter.pipeline);
  contains_->Bind(2, letter.id);
  PHOENIX_ASSIGN_OR_RETURN(const bool found, contains_->Step());
  if (found) PHOENIX_RETURN_IF_ERROR(contains_->Run());
  return found;
}

absl::StatusOr<bool> DeadLetterTable::DropOldest() {
  PHOENIX_RETURN_IF_ERROR(
      database_->Run("DELETE FROM dead_letters WHERE number = "
                     "(SELECT min(number) FROM dead_letters)"));
  if (database_->changes() == 0) return false;
  PHOENIX_RETURN_IF_ERROR(
      database_->Run("UPDATE totals SET dropped = dropped + 1"));
  return true;
}

absl::StatusOr<bool> DeadLetterTable::Remove(const StoredDeadLetter& stored) {
  remove_->Bind(1, stored.number);
  remove_->Bind(2, stored.letter.attempts);
  remove_->Bind(3, TimeText(stored.letter.time));
  PHOENIX_RETURN_IF_ERROR(remove_->Run());
  return database_->changes() > 0;
}

absl::StatusOr<DeadLetterTotals> DeadLetterTable::Totals() {
  PHOENIX_ASSIGN_OR_RETURN(
      SqliteStatement select,
      database_->Prepare("SELECT letters, size_bytes, dropped FROM totals"));
  PHOENIX_ASSIGN_OR_RETURN(const bool row, select.Step());
  if (!row)
    return absl::DataLossError(Cat("'", database_->path(), "': has no totals"));
  return DeadLetterTotals{.letters = select.Integer(0),
                          .size_bytes = select.Integer(1),
                          .dropped = select.Integer(2)};
}

absl::StatusOr<std::vector<StoredDeadLetter>> DeadLetterTable::ReadPage(
    const std::string& pipeline, int64_t after) {
  page_->Bind(1, pipeline);
  page_->Bind(2, after);
  page_->Bind(3, static_cast<int64_t>(kMaxPageLetters));
  std::vector<StoredDeadLetter> page;
  size_t bytes = 0;
  while (true) {
    PHOENIX_ASSIGN_OR_RETURN(const bool row, page_->Step());
    if (!row) return page;
    page.push_back(RowOf(*page_));
    bytes += static_cast<size_t>(SizeOf(page.back().letter));
    if (bytes >= kMaxPageBytes) {
      page_->Reset();
      return page;
    }
  }
}

absl::StatusOr<std::optional<StoredDeadLetter>> DeadLetterTable::Find(
    const std::string& pipeline, const std::string& name) {
  int64_t number = 0;
  std::optional<StoredDeadLetter> found;
  if (absl::SimpleAtoi(name, &number)) {
    PHOENIX_ASSIGN_OR_RETURN(found, FindBy("number = ?2", pipeline, name));
    if (found.has_value()) return found;
  }
  PHOENIX_ASSIGN_OR_RETURN(found, FindBy("id = ?2", pipeline, name));
  if (found.has_value()) return found;
  PHOENIX_ASSIGN_OR_RETURN(
      found, FindBy("event_source || '#' || event_id = ?2", pipeline, name));
  if (found.has_value()) return found;
  return FindBy("event_id = ?2", pipeline, name);
}

absl::StatusOr<std::optional<StoredDeadLetter>> DeadLetterTable::FindBy(
    std::string_view condition, const std::string& pipeline,
    const std::string& name) {
  PHOENIX_ASSIGN_OR_RETURN(
      SqliteStatement select,
      database_->Prepare(Cat("SELECT ", kColumns,
                             " FROM dead_letters WHERE pipeline = ?1 AND ",
                             condition, " ORDER BY number DESC LIMIT 1")));
  select.Bind(1, pipeline);
  select.Bind(2, name);
  PHOENIX_ASSIGN_OR_RETURN(const bool row, select.Step());
  if (!row) return std::nullopt;
  return RowOf(select);
}

absl::Status DeadLetterTable::Shrink() {
  PHOENIX_RETURN_IF_ERROR(database_->Run("PRAGMA incremental_vacuum"));
  // What was changed lies in SQLite's journal beside the file until then.
  return database_->Run("PRAGMA wal_checkpoint(TRUNCATE)");
}

int64_t DeadLetterTable::SizeOf(const DeadLetter& letter) {
  return kRowBytes +
         static_cast<int64_t>(letter.payload.size() + letter.attributes.size() +
                              letter.error_message.size() + letter.id.size());
}

}  // namespace phoenix
