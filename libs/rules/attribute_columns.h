#ifndef LIBS_RULES_ATTRIBUTE_COLUMNS_H_
#define LIBS_RULES_ATTRIBUTE_COLUMNS_H_

#include <vector>

#include "absl/types/span.h"
#include "libs/event/event_batch.h"
#include "libs/json/text_arena.h"
#include "libs/json/value_column.h"
#include "libs/rules/compiled_rules.h"
#include "libs/rules/vector_node.h"

namespace phoenix {

// The attributes of a batch as columns for vectorised rules. Attributes that
// are the same in every row, as most are, are one row for all. Thread-
// compatible.
class AttributeColumns {
 public:
  // `refs` outlives the columns.
  explicit AttributeColumns(const std::vector<AttributeRef>& refs);

  // Reads the attributes of a batch, which outlives what is read of it; texts
  // that have to be made are made in `texts`.
  void Fill(const EventBatch& batch, TextArena& texts);

  // In the order of the refs; kMissing where an event lacks the attribute.
  absl::Span<const Operand> operands() const { return operands_; }

 private:
  const std::vector<AttributeRef>& refs_;
  std::vector<ValueColumn> columns_;
  std::vector<Operand> operands_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_ATTRIBUTE_COLUMNS_H_
