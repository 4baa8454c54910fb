#include "libs/rules/vector_logic.h"

#include <memory>
#include <utility>

namespace phoenix {
namespace {

// Writes the rows of which `keep` is true to `kept`. Without branches, as what
// a condition says of a row can't be predicted.
template <typename Keep>
void Narrow(Rows rows, Selection& kept, Keep keep) {
  kept.resize(rows.size());
  uint32_t* out = kept.data();
  for (uint32_t row : rows) {
    *out = row;
    out += keep(row);
  }
  kept.resize(static_cast<size_t>(out - kept.data()));
}

class LogicalChainNode : public BoolNode {
 public:
  LogicalChainNode(std::vector<BoolNodePtr> operands, Truth decisive,
                   ScratchCounts& scratch)
      : operands_(std::move(operands)),
        decisive_(decisive),
        open_(scratch.AddSelection()),
        unknown_(scratch.AddSelection()) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    operands_.front()->Test(run, rows, truth);
    run.selections[unknown_].clear();
    for (size_t i = 1; i < operands_.size(); ++i) {
      rows = Open(run, rows, truth);
      operands_[i]->Test(run, rows, truth);
    }
    for (uint32_t row : run.selections[unknown_]) {
      if (truth[row] != decisive_) truth[row] = Truth::kUnknown;
    }
  }

 private:
  // The rows that are not decided; remembers those that are unknown so far.
  Rows Open(VectorRun& run, Rows rows, Truth* truth) const {
    Selection& open = run.selections[open_];
    // Within the selection itself, positions are read before they are written.
    Narrow(rows, open, [&](uint32_t row) { return truth[row] != decisive_; });
    for (uint32_t row : open) {
      if (truth[row] == Truth::kUnknown) {
        run.selections[unknown_].push_back(row);
      }
    }
    return open;
  }

  std::vector<BoolNodePtr> operands_;
  Truth decisive_;
  uint32_t open_;
  uint32_t unknown_;
};

class NotNode : public BoolNode {
 public:
  explicit NotNode(BoolNodePtr operand) : operand_(std::move(operand)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    static constexpr Truth kNegated[] = {Truth::kTrue, Truth::kFalse,
                                         Truth::kUnknown};
    operand_->Test(run, rows, truth);
    for (uint32_t row : rows) {
      truth[row] = kNegated[static_cast<size_t>(truth[row])];
    }
  }

 private:
  BoolNodePtr operand_;
};

class BoolConstantNode : public BoolNode {
 public:
  explicit BoolConstantNode(bool value)
      : value_(value ? Truth::kTrue : Truth::kFalse) {}

  void Test(VectorRun&, Rows rows, Truth* truth) const override {
    for (uint32_t row : rows) truth[row] = value_;
  }

 private:
  Truth value_;
};

class AsBoolNode : public BoolNode {
 public:
  explicit AsBoolNode(ValueNodePtr value) : value_(std::move(value)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand value = value_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      truth[row] = value.tag(row) != ValueTag::kBool ? Truth::kUnknown
                   : value.integer(row) != 0         ? Truth::kTrue
                                                     : Truth::kFalse;
    }
  }

 private:
  ValueNodePtr value_;
};

class AsValueNode : public ValueNode {
 public:
  AsValueNode(BoolNodePtr condition, ScratchCounts& scratch)
      : condition_(std::move(condition)),
        column_(scratch.AddColumn()),
        truth_(scratch.AddTruth()) {}

  Operand Evaluate(VectorRun& run, Rows rows) const override {
    run.truths[truth_].resize(run.row_count);
    Truth* truth = run.truths[truth_].data();
    condition_->Test(run, rows, truth);
    ValueColumn& column = run.columns[column_];
    column.Reset(run.row_count);
    for (uint32_t row : rows) {
      if (truth[row] == Truth::kUnknown) {
        column.SetTag(row, ValueTag::kError);
      } else {
        column.SetBool(row, truth[row] == Truth::kTrue);
      }
    }
    return Operand(column);
  }

 private:
  BoolNodePtr condition_;
  uint32_t column_;
  uint32_t truth_;
};

class ChooseNode : public ValueNode {
 public:
  ChooseNode(BoolNodePtr condition, ValueNodePtr a, ValueNodePtr b,
             ScratchCounts& scratch)
      : condition_(std::move(condition)),
        branches_{std::move(b), std::move(a)},
        column_(scratch.AddColumn()),
        truth_(scratch.AddTruth()),
        taken_(scratch.AddSelection()) {}

  Operand Evaluate(VectorRun& run, Rows rows) const override {
    run.truths[truth_].resize(run.row_count);
    Truth* truth = run.truths[truth_].data();
    condition_->Test(run, rows, truth);
    ValueColumn& column = run.columns[column_];
    column.Reset(run.row_count);
    for (const Truth way : {Truth::kFalse, Truth::kTrue}) {
      Selection& taken = run.selections[taken_];
      Narrow(rows, taken, [&](uint32_t row) { return truth[row] == way; });
      const Operand value =
          branches_[static_cast<size_t>(way)]->Evaluate(run, taken);
      for (uint32_t row : taken) Copy(value, row, column);
    }
    return Operand(column);  // Unknown rows are missing.
  }

 private:
  static void Copy(const Operand& from, uint32_t row, ValueColumn& to) {
    to.SetRaw(row, from.tag(row), from.words[row & from.mask],
              from.lengths[row & from.mask]);
  }

  BoolNodePtr condition_;
  ValueNodePtr branches_[2];
  uint32_t column_;
  uint32_t truth_;
  uint32_t taken_;
};

class HasFieldNode : public BoolNode {
 public:
  HasFieldNode(ValueNodePtr field, ValueNodePtr parent)
      : field_(std::move(field)), parent_(std::move(parent)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand field = field_->Evaluate(run, rows);
    const Operand parent = parent_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      const ValueTag tag = field.tag(row);
      if (tag == ValueTag::kMissing) {
        truth[row] = IsObject(parent, row) ? Truth::kFalse : Truth::kUnknown;
      } else {
        truth[row] = tag == ValueTag::kError ? Truth::kUnknown : Truth::kTrue;
      }
    }
  }

 private:
  static bool IsObject(const Operand& value, uint32_t row) {
    return value.tag(row) == ValueTag::kJson && value.text(row).front() == '{';
  }

  ValueNodePtr field_;
  ValueNodePtr parent_;
};

class HasAttributeNode : public BoolNode {
 public:
  explicit HasAttributeNode(ValueNodePtr attribute)
      : attribute_(std::move(attribute)) {}

  void Test(VectorRun& run, Rows rows, Truth* truth) const override {
    const Operand value = attribute_->Evaluate(run, rows);
    for (uint32_t row : rows) {
      truth[row] =
          value.tag(row) == ValueTag::kMissing ? Truth::kFalse : Truth::kTrue;
    }
  }

 private:
  ValueNodePtr attribute_;
};

}  // namespace

BoolNodePtr LogicalChain(std::vector<BoolNodePtr> operands, Truth decisive,
                         ScratchCounts& scratch) {
  return std::make_unique<LogicalChainNode>(std::move(operands), decisive,
                                            scratch);
}

BoolNodePtr Not(BoolNodePtr operand) {
  return std::make_unique<NotNode>(std::move(operand));
}

BoolNodePtr BoolConstant(bool value) {
  return std::make_unique<BoolConstantNode>(value);
}

BoolNodePtr AsBool(ValueNodePtr value) {
  return std::make_unique<AsBoolNode>(std::move(value));
}

ValueNodePtr AsValue(BoolNodePtr condition, ScratchCounts& scratch) {
  return std::make_unique<AsValueNode>(std::move(condition), scratch);
}

ValueNodePtr Choose(BoolNodePtr condition, ValueNodePtr a, ValueNodePtr b,
                    ScratchCounts& scratch) {
  return std::make_unique<ChooseNode>(std::move(condition), std::move(a),
                                      std::move(b), scratch);
}

BoolNodePtr HasField(ValueNodePtr field, ValueNodePtr parent) {
  return std::make_unique<HasFieldNode>(std::move(field), std::move(parent));
}

BoolNodePtr HasAttribute(ValueNodePtr attribute) {
  return std::make_unique<HasAttributeNode>(std::move(attribute));
}

}  // namespace phoenix
