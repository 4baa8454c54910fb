#ifndef LIBS_RULES_ROW_EVALUATOR_H_
#define LIBS_RULES_ROW_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "libs/cel/activation.h"
#include "libs/cel/arena.h"
#include "libs/cel/program.h"
#include "libs/cel/value.h"
#include "libs/event/event_batch.h"
#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/json_indexer.h"

namespace phoenix {

// Runs rules over single rows by the general evaluator: for rules that can't be
// vectorised, and for the rows of the others whose outcome the vectorised form
// leaves open, errors among them. One thread; keep one for many batches.
class RowEvaluator : private cel::Activation {
 public:
  // Begins with a batch. `index` is the structure of its payloads, or null
  // when it is not known: then each payload is indexed when it is read.
  void Reset(EventBatchPtr batch, const JsonIndex* index);

  // The result for one row. Valid until the next call. `also` gives variables
  // that events don't have.
  cel::Value Evaluate(const cel::Program& program, uint32_t row,
                      const cel::Activation* also = nullptr);

  // What went wrong, with the part of the rule in which it did.
  static absl::Status StatusOf(const cel::Program& program,
                               const cel::Value& error);

  cel::Arena& arena() { return arena_; }

 private:
  std::optional<cel::Value> Find(const cel::Variable& variable,
                                 cel::Arena& arena) const override;
  cel::Value Payload(cel::Arena& arena) const;
  cel::Value IndexPayload(cel::Arena& arena) const;
  cel::Value AttributeValue(Attribute attribute, cel::Arena& arena) const;

  EventBatchPtr batch_;
  const JsonIndex* index_ = nullptr;
  uint32_t row_ = 0;
  const cel::Activation* also_ = nullptr;
  cel::Arena arena_;
  // Of the payload of one row, when the batch has no index. Mutable as an
  // activation is asked lazily and constly.
  mutable JsonIndexer indexer_;
  mutable JsonIndex row_index_;
  mutable std::vector<JsonError> row_errors_;
  mutable std::optional<uint32_t> indexed_row_;
};

}  // namespace phoenix

#endif  // LIBS_RULES_ROW_EVALUATOR_H_
