#include "libs/rules/attribute_columns.h"

#include <string>

namespace phoenix {
namespace {

// Null when no event has it.
const StringColumn* Find(const EventBatch& batch, const AttributeRef& ref) {
  if (ref.attribute.has_value()) return &batch.attribute(*ref.attribute);
  const ExtensionColumn* extension = batch.FindExtension(ref.extension);
  return extension == nullptr ? nullptr : &extension->values;
}

Operand FillOne(ValueColumn& column) {
  return Operand(column, /*is_constant=*/true);
}

Operand FillColumn(const StringColumn* values, uint32_t row_count,
                   TextArena& texts, ValueColumn& column) {
  if (values == nullptr || values->is_null()) {
    column.Reset(1);
    return FillOne(column);
  }
  if (values->kind() == StringColumn::Kind::kConstant) {
    column.Reset(1);
    column.SetText(0, ValueTag::kString, values->blob().view());
    return FillOne(column);
  }
  column.Reset(row_count);
  const bool is_made = values->kind() == StringColumn::Kind::kSequence;
  std::string scratch;
  for (uint32_t row = 0; row < row_count; ++row) {
    if (!values->HasValue(row)) continue;
    const std::string_view text = values->Get(row, scratch);
    column.SetText(row, ValueTag::kString, is_made ? texts.Copy(text) : text);
  }
  return Operand(column);
}

}  // namespace

AttributeColumns::AttributeColumns(const std::vector<AttributeRef>& refs)
    : refs_(refs), columns_(refs.size()), operands_(refs.size()) {}

void AttributeColumns::Fill(const EventBatch& batch, TextArena& texts) {
  for (size_t i = 0; i < refs_.size(); ++i) {
    operands_[i] =
        FillColumn(Find(batch, refs_[i]), batch.size(), texts, columns_[i]);
  }
}

}  // namespace phoenix
