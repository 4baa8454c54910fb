#ifndef LIBS_SINKS_POSTGRES_COLUMN_H_
#define LIBS_SINKS_POSTGRES_COLUMN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/sinks/rows/event_field.h"

namespace phoenix {

// The types of columns that values are encoded for.
enum class ColumnType : uint8_t {
  kText,
  kInteger,
  kBigint,
  kDouble,
  kNumeric,
  kBoolean,
  kTimestamptz,
  kUuid,
  kJsonb,
  kBytea,
};

// The type's name in SQL, such as "double precision".
std::string_view ColumnTypeName(ColumnType type);

// What a value of the type is, for messages: "expected ...".
std::string_view ColumnTypeForms(ColumnType type);

// Nothing when it is none of them.
std::optional<ColumnType> FindColumnType(std::string_view name);

// Whether a column that PostgreSQL says to be of type `actual` takes the bytes
// of values encoded for `type`: text has the same as other character types.
bool TakesValuesOf(std::string_view actual, ColumnType type);

// One column of the table and what it is filled with.
struct Column {
  std::string name;
  ColumnType type = ColumnType::kText;

  // Without one: all extension attributes, as a JSON object.
  std::optional<EventField> field = std::nullopt;
};

// What stands for all extension attributes in a pipeline file.
inline constexpr std::string_view kAllExtensions = "ext";

// The type of a column whose file does not say: the one that loses nothing.
ColumnType DefaultColumnType(const std::optional<EventField>& field);

// The columns of a table whose file names none: the attributes of CloudEvents,
// `data` and `extensions` as jsonb.
std::vector<Column> DefaultColumns();

}  // namespace phoenix

#endif  // LIBS_SINKS_POSTGRES_COLUMN_H_
