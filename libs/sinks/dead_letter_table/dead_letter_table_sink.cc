#include "libs/sinks/dead_letter_table/dead_letter_table_sink.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "libs/base/failpoint.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/status_text.h"
#include "libs/io/errno_status.h"
#include "libs/telemetry/log.h"

namespace phoenix {
namespace {

// How long a commit waits for `phoenix dlq` or another pipeline. The sink's
// retries wait longer.
constexpr absl::Duration kMaxWait = absl::Seconds(1);

absl::Status MakeFolderOf(const std::string& path) {
  const std::filesystem::path folder =
      std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string name = folder.string();
  if (error) {
    return ErrnoStatus(error.value(),
                       Cat("directory '", name, "' can't be made"));
  }
  if (access(name.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return ErrnoStatus(errno, Cat("directory '", name, "' can't be written to"));
}

// Which file has that name now; {0, 0}: none.
std::pair<dev_t, ino_t> FileId(const std::string& path) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) return {0, 0};
  return {found.st_dev, found.st_ino};
}

// What a damaged table needs is a person: nothing is deleted here.
absl::Status WithAdvice(const absl::Status& status) {
  if (!absl::IsDataLoss(status)) return status;
  return absl::DataLossError(
      Cat(FromAbsl(status.message()),
          ": move the file away, and get what is left of it by the command "
          "'.recover' of sqlite3"));
}

}  // namespace

DeadLetterTableSink::DeadLetterTableSink(Options options)
    : options_(std::move(options)) {}

absl::Status DeadLetterTableSink::Open() {
  const absl::Status folder = MakeFolderOf(options_.path);
  if (!folder.ok()) return InContext(folder, "`path`");
  std::error_code error;
  if (!std::filesystem::exists(options_.path, error)) return absl::OkStatus();
  const absl::Status opened = OpenTable();
  if (!opened.ok()) return InContext(opened, "`path`");
  Publish();
  return absl::OkStatus();
}

absl::Status DeadLetterTableSink::OpenTable() {
  if (table_ != nullptr && FileId(options_.path) == file_) {
    return absl::OkStatus();
  }
  table_.reset();
  auto table = DeadLetterTable::Open(
      options_.path,
      {.mode = SqliteDatabase::Mode::kCreate, .max_wait = kMaxWait});
  if (!table.ok()) return WithAdvice(table.status());
  table_ = *std::move(table);
  file_ = FileId(options_.path);
  PHOENIX_ASSIGN_OR_RETURN(totals_, table_->Totals());
  return absl::OkStatus();
}

void DeadLetterTableSink::Write(BatchView view, SettleCallback settle) {
  held_bytes_ += view.memory_bytes();
  const uint32_t size = view.batch->size();
  held_.push_back({std::move(view), std::move(settle), BatchOutcome(size)});
  if (held_bytes_ >= kMaxTransactionBytes) Deliver();
}

void DeadLetterTableSink::Flush() {
  if (!held_.empty()) Deliver();
  Publish();
}

void DeadLetterTableSink::Deliver() {
  const absl::Status done = WithAdvice(RunTransaction());
  for (HeldWrite& write : held_) {
    if (!done.ok()) {
      write.outcome = BatchOutcome(write.view.batch->size());
      for (const uint32_t row : write.view.rows) {
        SetOutcome(write, row, Outcome::kRetry, done);
      }
    }
    put_ += write.outcome.Count(Outcome::kDelivered);
    write.settle(write.outcome);
  }
  held_.clear();
  held_bytes_ = 0;
  // The next attempt looks at the file anew: it may have been moved away.
  if (!done.ok()) table_.reset();
}

absl::Status DeadLetterTableSink::RunTransaction() {
  PHOENIX_RETURN_IF_ERROR(OpenTable());
  PHOENIX_ASSIGN_OR_RETURN(SqliteTransaction transaction, table_->Begin());
  PHOENIX_ASSIGN_OR_RETURN(DeadLetterTotals totals, table_->Totals());
  const DeadLetterTotals before = totals;
  for (HeldWrite& write : held_) {
    PHOENIX_RETURN_IF_ERROR(PutAll(write, totals));
  }
  PHOENIX_RETURN_IF_ERROR(
      PHOENIX_FAILPOINT("dead_letters.table.before_commit"));
  PHOENIX_RETURN_IF_ERROR(transaction.Commit());
  if (totals.dropped > before.dropped) {
    TellOfDropped({.letters = totals.letters,
                   .dropped = totals.dropped - before.dropped});
  }
  totals_ = totals;
  return PHOENIX_FAILPOINT("dead_letters.table.after_commit");
}

absl::Status DeadLetterTableSink::PutAll(HeldWrite& write,
                                         DeadLetterTotals& totals) {
  for (const uint32_t row : write.view.rows) {
    const auto letter = reader_.Read(*write.view.batch, row);
    if (!letter.ok()) {
      SetOutcome(write, row, Outcome::kRejected, letter.status());
      continue;
    }
    PHOENIX_ASSIGN_OR_RETURN(const bool has_room, MakeRoom(*letter, totals));
    if (!has_room) {
      SetOutcome(write, row, Outcome::kRetry, FullError(totals));
      continue;
    }
    PHOENIX_RETURN_IF_ERROR(table_->Put(*letter));
    write.outcome.Merge(row, Outcome::kDelivered);
    // Rows that are replaced are few: the table counts them, now and then.
    ++totals.letters;
    totals.size_bytes += DeadLetterTable::SizeOf(*letter);
  }
  PHOENIX_ASSIGN_OR_RETURN(totals, table_->Totals());
  return absl::OkStatus();
}

bool DeadLetterTableSink::HasRoom(const DeadLetter& letter,
                                  const DeadLetterTotals& totals) const {
  if (totals.letters == 0) return true;
  return totals.letters < options_.max_rows &&
         totals.size_bytes + DeadLetterTable::SizeOf(letter) <=
             options_.max_bytes;
}

// False: it has to wait. One that is there already needs no room.
absl::StatusOr<bool> DeadLetterTableSink::MakeRoom(const DeadLetter& letter,
                                                   DeadLetterTotals& totals) {
  if (HasRoom(letter, totals)) return true;
  PHOENIX_ASSIGN_OR_RETURN(const bool is_known, table_->Contains(letter));
  if (is_known) return true;
  PHOENIX_ASSIGN_OR_RETURN(totals, table_->Totals());
  while (!HasRoom(letter, totals)) {
    if (options_.full_policy == FullPolicy::kBlock) return false;
    PHOENIX_ASSIGN_OR_RETURN(const bool dropped, table_->DropOldest());
    if (!dropped) return true;
    PHOENIX_ASSIGN_OR_RETURN(totals, table_->Totals());
  }
  return true;
}

absl::Status DeadLetterTableSink::FullError(
    const DeadLetterTotals& totals) const {
  return absl::ResourceExhaustedError(
      Cat("table '", options_.path, "' is full: ", totals.letters,
          " dead letters of ", totals.size_bytes,
          " bytes: replay or drop some by `phoenix dlq`, or raise `max_rows` "
          "or `max_bytes`"));
}

void DeadLetterTableSink::SetOutcome(HeldWrite& write, uint32_t row,
                                     Outcome outcome,
                                     const absl::Status& why) const {
  write.outcome.Merge(row, outcome);
  write.outcome.AddDetail({row, options_.name, why});
}

void DeadLetterTableSink::TellOfDropped(const DeadLetterTotals& now) {
  dropped_ += static_cast<uint64_t>(now.dropped);
  if (metrics_.has_value()) {
    metrics_->Dropped(static_cast<uint64_t>(now.dropped));
  }
  Logger::Process().Error("A full table dropped its oldest dead letters.",
                          {{"component.name", options_.name},
                           {"path", options_.path},
                           {"dropped_events", now.dropped}});
}

absl::Status DeadLetterTableSink::Close() {
  Flush();
  table_.reset();
  return absl::OkStatus();
}

void DeadLetterTableSink::PublishMetrics(MetricsRegistry& registry) {
  metrics_.emplace(registry, options_.pipeline, options_.name);
  metrics_->SetMaximum(static_cast<uint64_t>(options_.max_rows),
                       static_cast<uint64_t>(options_.max_bytes));
}

// What others have removed counts too.
void DeadLetterTableSink::Publish() {
  if (table_ != nullptr) {
    if (const auto totals = table_->Totals(); totals.ok()) totals_ = *totals;
  }
  if (!metrics_.has_value()) return;
  metrics_->SetWaiting(static_cast<uint64_t>(totals_.letters),
                       static_cast<uint64_t>(totals_.size_bytes));
}

std::vector<std::string> DeadLetterTableSink::Report() const {
  if (put_ == 0 && totals_.letters == 0) return {"no dead letters"};
  std::vector<std::string> lines = {Cat(put_, " dead letters written, ",
                                        totals_.letters, " in table '",
                                        options_.path, "'")};
  if (dropped_ > 0) {
    lines.push_back(Cat(dropped_, " dropped, for the table was full"));
  }
  return lines;
}

}  // namespace phoenix
