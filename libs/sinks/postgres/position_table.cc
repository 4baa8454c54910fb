#include "libs/sinks/postgres/position_table.h"

#include <algorithm>
#include <charconv>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/status_text.h"

namespace phoenix {

PositionTable::Seen PositionTable::Partition::Find(int64_t offset) const {
  if (OffsetPages::PageOf(offset) < newest_page_ - kMaxPagesBehind) {
    return Seen::kForgotten;
  }
  return offsets_.Contains(offset) ? Seen::kYes : Seen::kNo;
}

absl::Status PositionTable::Prepare(PostgresConnection& connection) {
  const std::string table = QuoteTableName(options_.table);
  if (options_.create) {
    // Half-filled, so that a page can be written anew where it stands.
    const absl::Status created = connection.Run(
        Cat("CREATE TABLE IF NOT EXISTS ", table,
            " (sink text, log text, partition integer, page bigint, "
            "written bytea NOT NULL, PRIMARY KEY (sink, log, partition, page)) "
            "WITH (fillfactor = 50)"));
    if (!created.ok()) {
      return InContext(created,
                       Cat("`exactly_once.create_table`: create table '",
                           options_.table, "'"));
    }
  }
  const absl::Status found = connection.Run(Cat(
      "SELECT sink, log, partition, page, written FROM ", table, " LIMIT 0"));
  if (found.ok() || absl::IsUnavailable(found)) return found;
  return InContext(found, Cat("`exactly_once.table`: table '", options_.table,
                              "' (`exactly_once.create_table` makes it)"));
}

std::string PositionTable::Where(const Key& key) const {
  return Cat("sink = ", QuoteText(options_.sink),
             " AND log = ", QuoteText(key.first),
             " AND partition = ", key.second);
}

absl::StatusOr<int64_t> PositionTable::End(
    PostgresConnection& connection, const BatchIdentity& partition) const {
  PHOENIX_ASSIGN_OR_RETURN(
      const QueryRows rows,
      connection.Query(Cat("SELECT page, encode(written, 'hex') FROM ",
                           QuoteTableName(options_.table), " WHERE ",
                           Where({partition.log, partition.partition}),
                           " ORDER BY page DESC LIMIT 1")));
  OffsetPages pages;
  PHOENIX_RETURN_IF_ERROR(TakePages(rows, partition.log, pages).status());
  return pages.end();
}

// Gives the newest of them; -1: there is none.
absl::StatusOr<int64_t> PositionTable::TakePages(const QueryRows& rows,
                                                 const std::string& log,
                                                 OffsetPages& pages) const {
  int64_t newest = -1;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string_view text = rows.Get(row, 0);
    int64_t page = 0;
    std::from_chars(text.data(), text.data() + text.size(), page);
    newest = std::max(newest, page);
    if (!pages.Load(page, rows.Get(row, 1))) {
      return absl::FailedPreconditionError(
          Cat("table '", options_.table, "', page ", page, " of log '", log,
              "': expected ", OffsetPages::kPageBytes, " bytes"));
    }
  }
  return newest;
}

absl::Status PositionTable::Load(PostgresConnection& connection) {
  for (auto& [key, partition] : partitions_) {
    PHOENIX_RETURN_IF_ERROR(LoadOne(connection, key, partition));
  }
  return absl::OkStatus();
}

// The lock is a statement of its own: what comes after it sees what the holder
// before has written.
absl::Status PositionTable::LoadOne(PostgresConnection& connection,
                                    const Key& key, Partition& partition) {
  const std::string table = QuoteTableName(options_.table);
  const std::string name =
      Cat(options_.table, "/", options_.sink, "/", key.first, "/", key.second);
  std::string wanted;
  for (const auto& [page, bits] : partition.offsets_.pages()) {
    CatTo(wanted, wanted.empty() ? "" : ",", page);
  }
  PHOENIX_ASSIGN_OR_RETURN(
      const QueryRows rows,
      connection.Query(Cat("SELECT pg_advisory_xact_lock(hashtextextended(",
                           QuoteText(name),
                           ", 0)); SELECT page, encode(written, 'hex') FROM ",
                           table, " WHERE ", Where(key), " AND (page IN (",
                           wanted, ") OR page = (SELECT max(page)", " FROM ",
                           table, " WHERE ", Where(key), "))")));
  PHOENIX_ASSIGN_OR_RETURN(partition.newest_page_,
                           TakePages(rows, key.first, partition.offsets_));
  return absl::OkStatus();
}

absl::Status PositionTable::Store(PostgresConnection& connection) {
  std::string values;
  for (const auto& [key, partition] : partitions_) {
    for (const auto& [page, bits] : partition.offsets_.pages()) {
      if (bits == OffsetPages::Bits{}) continue;
      CatTo(values, values.empty() ? "" : ", ", "(", QuoteText(options_.sink),
            ", ", QuoteText(key.first), ", ", key.second, ", ", page,
            ", decode('", OffsetPages::Encode(bits), "', 'hex'))");
    }
  }
  if (values.empty()) return absl::OkStatus();
  PHOENIX_RETURN_IF_ERROR(connection.Run(
      Cat("INSERT INTO ", QuoteTableName(options_.table),
          " AS known (sink, log, partition, page, written) VALUES ", values,
          " ON CONFLICT (sink, log, partition, page) DO UPDATE "
          "SET written = EXCLUDED.written "
          "WHERE known.written <> EXCLUDED.written")));
  for (const auto& [key, partition] : partitions_) {
    const int64_t newest = partition.offsets_.pages().rbegin()->first;
    if (newest > partition.newest_page_) {
      PHOENIX_RETURN_IF_ERROR(Forget(connection, key, newest));
    }
  }
  return absl::OkStatus();
}

absl::Status PositionTable::Forget(PostgresConnection& connection,
                                   const Key& key, int64_t newest_page) {
  return connection.Run(Cat("DELETE FROM ", QuoteTableName(options_.table),
                            " WHERE ", Where(key), " AND page < ",
                            newest_page - kMaxPagesBehind));
}

}  // namespace phoenix
