#include "libs/sinks/postgres/postgres_factory.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/text.h"
#include "libs/sinks/postgres/column.h"
#include "libs/sinks/postgres/postgres.pb.h"
#include "libs/sinks/postgres/postgres_sink.h"

namespace phoenix {
namespace {

namespace v1 = sinks::postgres::v1;

// PostgreSQL's own bound: longer names are cut.
constexpr size_t kMaxNameBytes = 63;

constexpr char kDefaultPositions[] = "phoenix_positions";

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes &&
         name.find('\0') == std::string_view::npos;
}

bool IsTableName(std::string_view name) {
  const size_t point = name.find('.');
  if (point == std::string_view::npos) return IsName(name);
  const std::string_view table = name.substr(point + 1);
  return IsName(name.substr(0, point)) && IsName(table) &&
         table.find('.') == std::string_view::npos;
}

void CheckTableName(std::string_view option, const std::string& name,
                    ConfigReport& report) {
  if (IsTableName(name)) return;
  report.Error(option, 0,
               Cat("'", name, "' is no table's name, expected 'TABLE' or ",
                   "'SCHEMA.TABLE' of up to ", kMaxNameBytes, " bytes each"));
}

std::optional<Column> ColumnOf(const v1::Column& config,
                               const std::string& path, ConfigReport& report) {
  Column column{.name = config.name()};
  if (!IsName(column.name)) {
    report.Error(Cat(path, ".name"), 0,
                 Cat("'", column.name, "' is no column's name, expected up to ",
                     kMaxNameBytes, " bytes"));
    return std::nullopt;
  }
  if (config.value() != kAllExtensions) {
    column.field = ParseEventField(config.value());
    if (!column.field.has_value()) {
      report.Error(Cat(path, ".value"), 0,
                   Cat("'", config.value(), "' is no field, expected ",
                       kEventFieldForms, ", 'data' or 'ext'"));
      return std::nullopt;
    }
  }
  column.type =
      FindColumnType(config.type()).value_or(DefaultColumnType(column.field));
  return column;
}

std::vector<Column> ColumnsOf(const v1::Postgres& config,
                              ConfigReport& report) {
  if (config.columns_size() == 0) return DefaultColumns();
  if (config.columns_size() > static_cast<int>(CopyEncoder::kMaxColumns)) {
    report.Error("columns", 0,
                 Cat(config.columns_size(), " columns, expected at most ",
                     CopyEncoder::kMaxColumns));
    return {};
  }
  std::vector<Column> columns;
  std::set<std::string> names;
  for (int i = 0; i < config.columns_size(); ++i) {
    const std::string path = Cat("columns[", i, "]");
    std::optional<Column> column = ColumnOf(config.columns(i), path, report);
    if (!column.has_value()) continue;
    if (!names.insert(column->name).second) {
      report.Error(Cat(path, ".name"), 0,
                   Cat("column '", column->name, "' is there twice"));
    }
    columns.push_back(*std::move(column));
  }
  return columns;
}

std::vector<size_t> KeyOf(const v1::Postgres& config,
                          const std::vector<Column>& columns,
                          ConfigReport& report) {
  std::vector<size_t> key;
  for (int i = 0; i < config.upsert().key_size(); ++i) {
    const std::string& name = config.upsert().key(i);
    const auto column =
        std::find_if(columns.begin(), columns.end(),
                     [&](const Column& c) { return c.name == name; });
    const std::string path = Cat("upsert.key[", i, "]");
    if (column == columns.end()) {
      report.Error(path, 0, Cat("'", name, "' is none of the columns"));
      continue;
    }
    key.push_back(static_cast<size_t>(column - columns.begin()));
    if (std::count(key.begin(), key.end(), key.back()) > 1) {
      report.Error(path, 0, Cat("column '", name, "' is there twice"));
    }
  }
  return key;
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

PostgresConnection::Options ConnectionOptions(const v1::Postgres& config,
                                              ConfigReport& report) {
  if (!IsConnectionString(config.connection())) {
    // Not shown: it may hold a password.
    report.Error("connection", 0,
                 "connection is not understood, expected one such as "
                 "'host=db dbname=plant user=phoenix' or "
                 "'postgresql://phoenix@db/plant'");
  }
  PostgresConnection::Options options;
  options.connection_string = Secret(config.connection());
  if (config.has_connect_timeout()) {
    options.connect_timeout = ToDuration(config.connect_timeout());
  }
  if (config.has_timeout()) options.timeout = ToDuration(config.timeout());
  return options;
}

PositionTable::Options PositionOptions(const v1::ExactlyOnce& config,
                                       BuildContext& context) {
  PositionTable::Options options;
  options.table = config.table().empty() ? kDefaultPositions : config.table();
  CheckTableName("exactly_once.table", options.table, context.report);
  options.create = config.create_table();
  options.sink = Cat(context.pipeline, "/", context.name);
  return options;
}

std::unique_ptr<Sink> Create(const v1::Postgres& config,
                             BuildContext& context) {
  const int errors = context.report.error_count();
  PostgresSink::Options options;
  options.name = context.name;
  options.connection = ConnectionOptions(config, context.report);
  CheckTableName("table", config.table(), context.report);
  options.table.name = config.table();
  options.table.columns = ColumnsOf(config, context.report);
  options.table.create = config.create_table();
  options.table.key = KeyOf(config, options.table.columns, context.report);
  if (config.has_exactly_once()) {
    options.positions = PositionOptions(config.exactly_once(), context);
  }
  if (config.max_transaction_bytes() > 0) {
    options.max_transaction_bytes = config.max_transaction_bytes();
  }
  if (context.report.error_count() > errors) return nullptr;
  return std::make_unique<PostgresSink>(std::move(options));
}

}  // namespace

void RegisterPostgresSink(SinkRegistry& registry) {
  registry.Register<v1::Postgres>("postgres", &Create);
}

}  // namespace phoenix
