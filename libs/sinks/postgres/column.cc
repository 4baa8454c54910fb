#include "libs/sinks/postgres/column.h"

#include <algorithm>
#include <array>
#include <utility>

namespace phoenix {
namespace {

struct TypeText {
  ColumnType type;
  std::string_view name;
  std::string_view forms;
};

constexpr TypeText kTypes[] = {
    {ColumnType::kText, "text", "text in UTF-8 without NUL"},
    {ColumnType::kInteger, "integer", "a whole number of 32 bits"},
    {ColumnType::kBigint, "bigint", "a whole number of 64 bits"},
    {ColumnType::kDouble, "double precision", "a number of double precision"},
    {ColumnType::kNumeric, "numeric", "a decimal number"},
    {ColumnType::kBoolean, "boolean", "true or false"},
    {ColumnType::kTimestamptz, "timestamptz",
     "a time by RFC 3339 such as '2024-02-29T23:59:59.5Z'"},
    {ColumnType::kUuid, "uuid", "32 hexadecimal digits, perhaps with hyphens"},
    {ColumnType::kJsonb, "jsonb", "JSON"},
    {ColumnType::kBytea, "bytea", "bytes"},
};

const TypeText& TextOf(ColumnType type) {
  return kTypes[static_cast<size_t>(type)];
}

}  // namespace

std::string_view ColumnTypeName(ColumnType type) { return TextOf(type).name; }

std::string_view ColumnTypeForms(ColumnType type) { return TextOf(type).forms; }

std::optional<ColumnType> FindColumnType(std::string_view name) {
  for (const TypeText& type : kTypes) {
    if (type.name == name) return type.type;
  }
  return std::nullopt;
}

bool TakesValuesOf(std::string_view actual, ColumnType type) {
  static constexpr std::array<std::string_view, 6> kCharacters = {
      "text", "character varying", "character", "citext", "json", "xml"};
  if (type == ColumnType::kTimestamptz) {
    return actual == "timestamp with time zone";
  }
  if (type != ColumnType::kText) return actual == ColumnTypeName(type);
  return std::find(kCharacters.begin(), kCharacters.end(), actual) !=
         kCharacters.end();
}

ColumnType DefaultColumnType(const std::optional<EventField>& field) {
  if (!field.has_value()) return ColumnType::kJsonb;
  if (field->kind == EventField::Kind::kData && field->path.empty()) {
    return ColumnType::kJsonb;
  }
  const bool is_time = field->kind == EventField::Kind::kAttribute &&
                       field->attribute == Attribute::kTime;
  return is_time ? ColumnType::kTimestamptz : ColumnType::kText;
}

std::vector<Column> DefaultColumns() {
  std::vector<Column> columns;
  for (std::string_view name : {"id", "source", "type", "subject", "time",
                                "datacontenttype", "dataschema", "data"}) {
    std::optional<EventField> field = ParseEventField(name);
    const ColumnType type = DefaultColumnType(field);
    columns.push_back({std::string(name), type, std::move(field)});
  }
  columns.push_back({"extensions", ColumnType::kJsonb});
  return columns;
}

}  // namespace phoenix
