#include "libs/sinks/postgres/position_table.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/status_text.h"

namespace phoenix {
namespace {

// The row that says below which page all is forgotten, in decimal.
constexpr int64_t kFloorPage = -1;

bool IsHex(std::string_view text) {
  return text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isxdigit(c); });
}

std::string ToHex(std::string_view bytes) {
  return absl::BytesToHexString(ToAbsl(bytes));
}

}  // namespace

PositionTable::Seen PositionTable::Partition::Find(int64_t offset) {
  if (OffsetPages::PageOf(offset) < floor_) return Seen::kForgotten;
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
  const Key key(partition.log, partition.partition);
  PHOENIX_ASSIGN_OR_RETURN(
      const QueryRows rows,
      connection.Query(Cat("SELECT page, encode(written, 'hex') FROM ",
                           QuoteTableName(options_.table), " WHERE ",
                           Where(key),
                           " AND page >= 0 ORDER BY page DESC LIMIT 1")));
  Partition newest;
  PHOENIX_RETURN_IF_ERROR(TakePages(rows, key, newest));
  return newest.offsets_.end();
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
  const std::string name =
      Cat(options_.table, "/", options_.sink, "/", key.first, "/", key.second);
  std::string wanted = Cat(kFloorPage);
  for (const auto& [page, bits] : partition.offsets_.pages()) {
    CatTo(wanted, ",", page);
  }
  PHOENIX_ASSIGN_OR_RETURN(
      const QueryRows rows,
      connection.Query(Cat("SELECT pg_advisory_xact_lock(hashtextextended(",
                           QuoteText(name),
                           ", 0)); SELECT page, encode(written, 'hex') FROM ",
                           QuoteTableName(options_.table), " WHERE ",
                           Where(key), " AND page IN (", wanted, ")")));
  return TakePages(rows, key, partition);
}

absl::Status PositionTable::TakePages(const QueryRows& rows, const Key& key,
                                      Partition& partition) const {
  for (int row = 0; row < rows.size(); ++row) {
    int64_t page = 0;
    const bool is_number = absl::SimpleAtoi(ToAbsl(rows.Get(row, 0)), &page);
    PHOENIX_RETURN_IF_ERROR(LoadPage(key, is_number ? page : kFloorPage,
                                     rows.Get(row, 1), partition));
  }
  return absl::OkStatus();
}

absl::Status PositionTable::LoadPage(const Key& key, int64_t page,
                                     std::string_view hex,
                                     Partition& partition) const {
  if (IsHex(hex)) {
    const std::string bytes = absl::HexStringToBytes(ToAbsl(hex));
    if (page == kFloorPage && absl::SimpleAtoi(bytes, &partition.floor_)) {
      return absl::OkStatus();
    }
    if (partition.offsets_.Load(page, bytes)) {
      ++partition.pages_found_;
      return absl::OkStatus();
    }
  }
  return absl::FailedPreconditionError(
      Cat("table '", options_.table, "', page ", page, " of log '", key.first,
          "': expected at most ", OffsetPages::kPageBytes,
          " bytes, and in page -1 a number"));
}

absl::Status PositionTable::Store(PostgresConnection& connection) {
  std::string values;
  for (const auto& [key, partition] : partitions_) {
    for (const auto& [page, bits] : partition.offsets_.pages()) {
      if (bits == OffsetPages::Bits{}) continue;
      CatTo(values, values.empty() ? "" : ", ", "(", QuoteText(options_.sink),
            ", ", QuoteText(key.first), ", ", key.second, ", ", page,
            ", decode('", ToHex(TrimmedPage(bits)), "', 'hex'))");
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
    const size_t added =
        partition.offsets_.pages().size() - partition.pages_found_;
    if (added == 0) continue;
    const auto [known, is_first] = new_pages_.try_emplace(key, 0);
    known->second += added;
    if (!is_first && known->second < OffsetPages::kMaxNewPages) continue;
    PHOENIX_RETURN_IF_ERROR(Forget(connection, key));
    known->second = 0;
  }
  return absl::OkStatus();
}

// Counts pages instead of their distance: some logs leave most offsets out.
absl::Status PositionTable::Forget(PostgresConnection& connection,
                                   const Key& key) {
  PHOENIX_ASSIGN_OR_RETURN(
      const QueryRows newest_surplus,
      connection.Query(Cat("SELECT page FROM ", QuoteTableName(options_.table),
                           " WHERE ", Where(key),
                           " AND page >= 0 ORDER BY page DESC OFFSET ",
                           OffsetPages::kMaxPages, " LIMIT 1")));
  int64_t page = 0;
  if (newest_surplus.size() == 0 ||
      !absl::SimpleAtoi(ToAbsl(newest_surplus.Get(0, 0)), &page)) {
    return absl::OkStatus();
  }
  return ForgetBelow(connection, key, page + 1);
}

absl::Status PositionTable::ForgetBelow(PostgresConnection& connection,
                                        const Key& key, int64_t floor) {
  const std::string table = QuoteTableName(options_.table);
  PHOENIX_RETURN_IF_ERROR(
      connection.Run(Cat("DELETE FROM ", table, " WHERE ", Where(key),
                         " AND page >= 0 AND page < ", floor)));
  return connection.Run(Cat(
      "INSERT INTO ", table, " (sink, log, partition, page, written) VALUES (",
      QuoteText(options_.sink), ", ", QuoteText(key.first), ", ", key.second,
      ", ", kFloorPage, ", decode('", ToHex(Cat(floor)),
      "', 'hex')) ON CONFLICT (sink, log, partition, page) DO UPDATE "
      "SET written = EXCLUDED.written"));
}

}  // namespace phoenix
