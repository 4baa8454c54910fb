#ifndef LIBS_RULES_VECTOR_NODE_H_
#define LIBS_RULES_VECTOR_NODE_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "libs/event/selection.h"
#include "libs/json/text_arena.h"
#include "libs/json/value_column.h"

namespace phoenix {

// What a vectorised condition says of a row. kUnknown: an error, or a case
// that only the general evaluator knows; it then decides for that row.
enum class Truth : uint8_t { kFalse, kTrue, kUnknown };

// A column, or a constant as a column of one row. Rows that have no value that
// the vectorised form could use are kMissing or kError. Borrowed.
struct Operand {
  const ValueTag* tags = nullptr;
  const ValueColumn::Word* words = nullptr;
  const uint32_t* lengths = nullptr;
  uint32_t mask = ~0u;  // 0: the one row stands for all.

  Operand() = default;
  explicit Operand(const ValueColumn& column, bool is_constant = false)
      : tags(column.tags()),
        words(column.words()),
        lengths(column.lengths()),
        mask(is_constant ? 0 : ~0u) {}

  ValueTag tag(uint32_t row) const { return tags[row & mask]; }
  int64_t integer(uint32_t row) const { return words[row & mask].integer; }
  double real(uint32_t row) const { return words[row & mask].real; }
  std::string_view text(uint32_t row) const {
    return {words[row & mask].text, lengths[row & mask]};
  }
};

// Where a vectorised rule gets its columns and its memory. One thread.
struct VectorRun {
  uint32_t row_count = 0;
  // By number of the path in the PathSet, read for the rows that are asked for.
  absl::Span<const ValueColumn> paths;
  // By number in the RuleSet's list of attributes.
  absl::Span<const Operand> attributes;
  // Scratch of the nodes, by the number that each was given.
  std::vector<ValueColumn> columns;
  std::vector<Selection> selections;
  std::vector<std::vector<Truth>> truths;
  TextArena* texts = nullptr;
};

using Rows = absl::Span<const uint32_t>;

// A part of a vectorised rule that gives bools. Immutable; thread-safe.
class BoolNode {
 public:
  virtual ~BoolNode() = default;
  // Sets truth[row] for each of `rows`, and no others.
  virtual void Test(VectorRun& run, Rows rows, Truth* truth) const = 0;
};

// A part of a vectorised rule that gives values. Immutable; thread-safe.
class ValueNode {
 public:
  virtual ~ValueNode() = default;
  // The values of `rows`, in the run's memory or that of its columns.
  virtual Operand Evaluate(VectorRun& run, Rows rows) const = 0;
  // The one value that it always gives, if it is a constant.
  virtual const ValueColumn* constant() const { return nullptr; }
};

using BoolNodePtr = std::unique_ptr<const BoolNode>;
using ValueNodePtr = std::unique_ptr<const ValueNode>;

// Numbers the scratch memory that nodes ask for while they are built.
struct ScratchCounts {
  uint32_t columns = 0;
  uint32_t selections = 0;
  uint32_t truths = 0;

  uint32_t AddColumn() { return columns++; }
  uint32_t AddSelection() { return selections++; }
  uint32_t AddTruth() { return truths++; }
};

}  // namespace phoenix

#endif  // LIBS_RULES_VECTOR_NODE_H_
