#include "libs/sinks/postgres/target_table.h"

#include <algorithm>
#include <map>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/event/status_text.h"
#include "libs/sinks/postgres/copy_encoder.h"

namespace phoenix {
namespace {

constexpr std::string_view kStage = "phoenix_stage";

// Of the temporary table: the order of its rows.
constexpr std::string_view kOrdinal = "phoenix_row";

// The table's own name, without its schema.
std::string_view Unqualified(std::string_view name) {
  return name.substr(name.find('.') + 1);
}

// Leaves what may work later as it is.
absl::Status AtOption(const absl::Status& status, std::string_view option) {
  if (status.ok() || absl::IsUnavailable(status)) return status;
  return InContext(status, Cat("`", option, "`"));
}

std::string NamesOf(const TargetTable::Options& options,
                    const std::vector<size_t>& columns) {
  std::string names;
  for (size_t column : columns) {
    CatTo(names, names.empty() ? "" : ", ",
          QuoteName(options.columns[column].name));
  }
  return names;
}

std::vector<size_t> AllOf(const std::vector<Column>& columns) {
  std::vector<size_t> all(columns.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

// What becomes of a row whose key is there: its other columns are replaced.
std::string Replacement(const TargetTable::Options& options) {
  std::string sets;
  for (size_t i = 0; i < options.columns.size(); ++i) {
    if (std::count(options.key.begin(), options.key.end(), i) > 0) continue;
    const std::string name = QuoteName(options.columns[i].name);
    CatTo(sets, sets.empty() ? "UPDATE SET " : ", ", name, " = EXCLUDED.",
          name);
  }
  return sets.empty() ? "NOTHING" : sets;
}

// One INSERT may touch a row once: of equal keys the last one counts.
std::string MergeStatement(const TargetTable::Options& options,
                           const std::string& names) {
  const std::string key = NamesOf(options, options.key);
  return Cat("INSERT INTO ", QuoteTableName(options.name), " (", names,
             ") SELECT DISTINCT ON (", key, ") ", names, " FROM pg_temp.",
             kStage, " ORDER BY ", key, ", ", kOrdinal, " DESC ON CONFLICT (",
             key, ") DO ", Replacement(options));
}

}  // namespace

TargetTable::TargetTable(Options options)
    : options_(std::move(options)),
      column_names_(NamesOf(options_, AllOf(options_.columns))) {
  const bool merges = !options_.key.empty();
  if (merges) merge_ = MergeStatement(options_, column_names_);
  const std::string into =
      merges ? Cat("pg_temp.", kStage) : QuoteTableName(options_.name);
  copy_ =
      Cat("COPY ", into, " (", column_names_, ") FROM STDIN (FORMAT binary)");
}

absl::Status TargetTable::Prepare(PostgresConnection& connection) {
  if (options_.create) {
    PHOENIX_RETURN_IF_ERROR(AtOption(Create(connection), "create_table"));
  }
  PHOENIX_RETURN_IF_ERROR(CheckColumns(connection));
  if (options_.key.empty()) {
    return AtOption(Write(connection, {}), "table");
  }
  PHOENIX_RETURN_IF_ERROR(AtOption(MakeStage(connection), "upsert"));
  return AtOption(Write(connection, {}), "upsert.key");
}

absl::Status TargetTable::Create(PostgresConnection& connection) {
  std::string columns;
  for (const Column& column : options_.columns) {
    CatTo(columns, columns.empty() ? "" : ", ", QuoteName(column.name), " ",
          ColumnTypeName(column.type));
  }
  if (!options_.key.empty()) {
    CatTo(columns, ", PRIMARY KEY (", NamesOf(options_, options_.key), ")");
  }
  return connection.Run(Cat("CREATE TABLE IF NOT EXISTS ",
                            QuoteTableName(options_.name), " (", columns, ")"));
}

absl::Status TargetTable::CheckColumns(PostgresConnection& connection) {
  // A domain is what it is made of.
  const auto found = connection.Query(
      Cat("SELECT a.attname, "
          "COALESCE(NULLIF(t.typbasetype, 0), t.oid)::regtype::text "
          "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
          "WHERE a.attrelid = to_regclass(",
          QuoteText(QuoteTableName(options_.name)),
          ") AND a.attnum > 0 AND NOT a.attisdropped"));
  PHOENIX_RETURN_IF_ERROR(found.status());
  if (found->size() == 0) {
    return absl::FailedPreconditionError(
        Cat("`table`: table '", options_.name,
            "' does not exist, expected one (`create_table` makes it)"));
  }
  std::map<std::string_view, std::string_view> types;
  for (int i = 0; i < found->size(); ++i) {
    types[found->Get(i, 0)] = found->Get(i, 1);
  }
  for (const Column& column : options_.columns) {
    const auto type = types.find(column.name);
    if (type == types.end()) {
      return absl::FailedPreconditionError(
          Cat("`columns`: table '", options_.name, "' has no column '",
              column.name, "'"));
    }
    if (!TakesValuesOf(type->second, column.type)) {
      return absl::FailedPreconditionError(
          Cat("`columns`: column '", column.name, "' of table '", options_.name,
              "' is of type '", type->second, "', expected '",
              ColumnTypeName(column.type), "'"));
    }
  }
  return absl::OkStatus();
}

// Without the constraints of the table, which the INSERT will meet.
absl::Status TargetTable::MakeStage(PostgresConnection& connection) {
  return connection.Run(Cat(
      "CREATE TEMPORARY TABLE ", kStage, " ON COMMIT DELETE ROWS AS SELECT ",
      column_names_, " FROM ", QuoteTableName(options_.name),
      " WITH NO DATA; ALTER TABLE pg_temp.", kStage, " ADD COLUMN ", kOrdinal,
      " bigint GENERATED ALWAYS AS IDENTITY"));
}

absl::Status TargetTable::Write(PostgresConnection& connection,
                                const std::vector<std::string_view>& tuples) {
  if (stage_used_) {
    PHOENIX_RETURN_IF_ERROR(
        connection.Run(Cat("DELETE FROM pg_temp.", kStage)));
  }
  chunks_.assign(1, CopyHeader());
  chunks_.insert(chunks_.end(), tuples.begin(), tuples.end());
  chunks_.push_back(CopyTrailer());
  PHOENIX_RETURN_IF_ERROR(connection.CopyIn(copy_, chunks_));
  if (merge_.empty()) return absl::OkStatus();
  stage_used_ = true;
  return connection.Run(merge_);
}

size_t TargetTable::FailedRow(const PostgresConnection& connection) const {
  return connection.FailedCopyRow(merge_.empty() ? Unqualified(options_.name)
                                                 : kStage);
}

}  // namespace phoenix
