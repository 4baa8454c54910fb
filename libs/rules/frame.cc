#include "libs/rules/frame.h"

#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "libs/json/json_error.h"
#include "libs/json/json_index.h"
#include "libs/json/path_reader.h"
#include "libs/json/splicer.h"
#include "libs/json/text_arena.h"
#include "libs/rules/attribute_columns.h"
#include "libs/rules/compiled_rules.h"
#include "libs/rules/json_writer.h"
#include "libs/rules/payload_index.h"
#include "libs/rules/row_evaluator.h"

namespace phoenix {
namespace {

// Removes from `rows` those from the `first`-th error on.
void RemoveFailed(const RowErrors& errors, size_t first, uint32_t row_count,
                  Selection& rows) {
  if (errors.size() == first) return;
  std::vector<bool> failed(row_count, false);
  for (size_t i = first; i < errors.size(); ++i) failed[errors[i].row] = true;
  std::erase_if(rows, [&](uint32_t row) { return failed[row]; });
}

}  // namespace

class Frame::Impl {
 public:
  explicit Impl(std::shared_ptr<const RuleSet> rules)
      : rules_(std::move(rules)),
        reader_(rules_->paths),
        attributes_(rules_->attributes),
        results_(rules_->rules.size()) {
    run_.columns.resize(rules_->scratch.columns);
    run_.selections.resize(rules_->scratch.selections);
    run_.truths.resize(rules_->scratch.truths);
    run_.texts = &texts_;
    stale_.resize(rules_->paths.value_count());
    for (const CompiledEdits& edits : rules_->edits) {
      splicers_.push_back(*edits.splicer);
    }
  }

  void Reset(EventBatchPtr batch) {
    before_edits_.clear();
    texts_.Reset();
    batch_ = std::move(batch);
    run_.row_count = batch_->size();
    attributes_ready_ = false;
    ForgetPayloads();
  }

  void Replace(EventBatchPtr batch) {
    before_edits_.push_back(std::exchange(batch_, std::move(batch)));
    attributes_ready_ = false;
    ForgetPayloads();
  }

  const EventBatchPtr& batch() const { return batch_; }

  void Test(RuleId id, const Selection& rows, Selection& matching,
            Selection& others, RowErrors& errors) {
    const CompiledRule& rule = rules_->rules[id.index];
    truth_.resize(batch_->size());
    if (rule.condition != nullptr) {
      Prepare(rule, rows);
      rule.condition->Test(run_, rows, truth_.data());
    } else {
      for (uint32_t row : rows) truth_[row] = Truth::kUnknown;
    }
    DecideUnknown(rule, rows, errors);
    Split(rows, matching, others);
  }

  const ValueColumn& Evaluate(RuleId id, const Selection& rows,
                              RowErrors& errors) {
    const CompiledRule& rule = rules_->rules[id.index];
    ValueColumn& result = results_[id.index];
    result.Reset(batch_->size());
    if (rule.value != nullptr) {
      Prepare(rule, rows);
      const Operand value = rule.value->Evaluate(run_, rows);
      for (uint32_t row : rows) {
        result.SetRaw(row, value.tag(row), value.words[row & value.mask],
                      value.lengths[row & value.mask]);
      }
    }
    for (uint32_t row : rows) {
      const ValueTag tag = result.tag(row);
      if (tag != ValueTag::kMissing && tag != ValueTag::kError) continue;
      const absl::Status status = EvaluateRow(rule, row, result);
      if (!status.ok()) errors.push_back({row, status});
    }
    return result;
  }

  void Apply(EditId id, const Selection& rows, RowErrors& errors) {
    const CompiledEdits& edits = rules_->edits[id.index];
    Splicer& splicer = splicers_[id.index];
    if (spans_stale_) ForgetPayloads();
    Selection edited = rows;  // Less those that fail.
    const size_t first_error = errors.size();
    NewTexts(edits, edited, errors);
    ReadRows(edited);

    const IndexedTexts texts = Texts();
    size_t bytes = splicer.MaxBytes(texts, edited, new_values_);
    for (size_t i = first_error; i < errors.size(); ++i) {
      bytes += batch_->payload(errors[i].row).size() + 1;
    }
    auto memory = std::make_shared_for_overwrite<char[]>(bytes);
    std::vector<ByteRange> ranges(batch_->size());
    json_errors_.clear();
    const size_t written = splicer.Splice(texts, columns_, edited, new_values_,
                                          memory.get(), ranges, json_errors_);
    for (const JsonError& error : json_errors_) {
      errors.push_back({error.row, absl::InvalidArgumentError(error.message)});
    }
    RemoveFailed(errors, first_error, batch_->size(), edited);
    const size_t size =
        KeepFailed(errors, first_error, memory.get(), written, ranges);
    ChangeColumns(edits, edited);
    SwapBatch(SharedBytes(memory, {memory.get(), size}), std::move(ranges));
  }

 private:
  void ForgetPayloads() {
    index_ = nullptr;
    evaluator_ready_ = false;
    columns_ready_ = false;
    spans_stale_ = false;
    std::fill(stale_.begin(), stale_.end(), false);
  }

  IndexedTexts Texts() const {
    const PayloadColumn& payloads = batch_->payloads();
    return {.blob = payloads.blob.view(),
            .rows = *payloads.ranges,
            .index = index_};
  }

  void EnsureIndex() {
    if (index_ == nullptr) index_ = &indexer_.Index(*batch_);
  }

  // Reads the payload columns of those of `rows` that have not been read.
  void ReadRows(Rows rows) {
    if (!columns_ready_) {
      columns_.Reset(rules_->paths, batch_->size());
      read_.assign(batch_->size(), false);
      columns_ready_ = true;
    }
    unread_.clear();
    for (uint32_t row : rows) {
      if (!read_[row]) unread_.push_back(row);
    }
    if (unread_.empty()) return;
    for (uint32_t row : unread_) read_[row] = true;
    EnsureIndex();
    reader_.Read(Texts(), unread_, texts_, columns_);
  }

  // Makes ready what the vectorised form of a rule reads.
  void Prepare(const CompiledRule& rule, Rows rows) {
    if (!rule.paths.empty()) {
      for (uint32_t path : rule.paths) {
        if (!stale_[path]) continue;
        ForgetPayloads();
        break;
      }
      ReadRows(rows);
    }
    run_.paths = columns_.values;
    if (!attributes_ready_) {
      attributes_.Fill(*batch_, texts_);
      attributes_ready_ = true;
    }
    run_.attributes = attributes_.operands();
  }

  cel::Value EvaluateAlone(const CompiledRule& rule, uint32_t row) {
    if (!evaluator_ready_) {
      // After an edit the evaluator indexes the few payloads that it is asked
      // about by itself.
      if (!rule.path_texts.empty() && before_edits_.empty()) EnsureIndex();
      evaluator_.Reset(batch_, index_);
      evaluator_ready_ = true;
    }
    return evaluator_.Evaluate(*rule.program, row);
  }

  void DecideUnknown(const CompiledRule& rule, Rows rows, RowErrors& errors) {
    for (uint32_t row : rows) {
      if (truth_[row] != Truth::kUnknown) continue;
      const cel::Value value = EvaluateAlone(rule, row);
      if (value.is_bool()) {
        truth_[row] = value.bool_value() ? Truth::kTrue : Truth::kFalse;
      } else if (value.is_error()) {
        errors.push_back({row, RowEvaluator::StatusOf(*rule.program, value)});
      } else {
        errors.push_back({row, absl::InvalidArgumentError(
                                   "the condition is of type '" +
                                   std::string(cel::TypeNameOf(value)) +
                                   "', expected 'bool'")});
      }
    }
  }

  // Without branches, as what a condition says of a row can't be predicted.
  void Split(Rows rows, Selection& matching, Selection& others) {
    split_.resize(rows.size());
    others.resize(rows.size());
    uint32_t* match = split_.data();
    uint32_t* other = others.data();
    for (uint32_t row : rows) {
      *match = row;
      match += truth_[row] == Truth::kTrue;
      *other = row;
      other += truth_[row] == Truth::kFalse;
    }
    split_.resize(static_cast<size_t>(match - split_.data()));
    others.resize(static_cast<size_t>(other - others.data()));
    matching.swap(split_);
  }

  absl::Status EvaluateRow(const CompiledRule& rule, uint32_t row,
                           ValueColumn& result) {
    const cel::Value value = EvaluateAlone(rule, row);
    if (value.is_error()) {
      result.SetTag(row, ValueTag::kError);
      return RowEvaluator::StatusOf(*rule.program, value);
    }
    return SetValue(result, row, value, evaluator_.arena(), texts_);
  }

  // The new texts of the edits that set something, for `rows`, less those for
  // which there is none.
  void NewTexts(const CompiledEdits& edits, Selection& rows,
                RowErrors& errors) {
    new_values_.assign(edits.edits.size(), {});
    new_texts_.resize(edits.edits.size());
    for (size_t i = 0; i < edits.edits.size(); ++i) {
      if (edits.edits[i].kind != PayloadEdit::Kind::kSet) continue;
      const CompiledRule& rule = rules_->rules[edits.edits[i].value.index];
      if (rule.value != nullptr && rule.value->constant() != nullptr) {
        new_texts_[i].assign(1, ConstantText(*rule.value->constant()));
        new_values_[i] = {new_texts_[i].data(), true};
        continue;
      }
      const size_t first_error = errors.size();
      const ValueColumn& values = Evaluate(edits.edits[i].value, rows, errors);
      RemoveFailed(errors, first_error, batch_->size(), rows);
      WriteTexts(values, rows, new_texts_[i], errors);
      RemoveFailed(errors, first_error, batch_->size(), rows);
      new_values_[i] = {new_texts_[i].data(), false};
    }
  }

  std::string_view ConstantText(const ValueColumn& constant) {
    json_.clear();
    AppendJson(json_, constant, 0);
    return texts_.Copy(json_);
  }

  void WriteTexts(const ValueColumn& values, Rows rows,
                  std::vector<std::string_view>& texts, RowErrors& errors) {
    texts.resize(batch_->size());
    json_.clear();
    for (uint32_t row : rows) {
      const size_t begin = json_.size();
      if (!AppendJson(json_, values, row)) {
        errors.push_back(
            {row, absl::InvalidArgumentError(
                      "the value has no form in JSON: expected a finite "
                      "number, a text, a bool, a list or a map")});
      }
      ends_.resize(batch_->size());
      ends_[row] = {static_cast<uint32_t>(begin),
                    static_cast<uint32_t>(json_.size())};
    }
    const std::string_view all = texts_.Copy(json_);
    for (uint32_t row : rows) texts[row] = ends_[row].In(all);
  }

  // Copies the payloads of rows that failed behind what was written; returns
  // the size of it all.
  size_t KeepFailed(const RowErrors& errors, size_t first, char* memory,
                    size_t written, std::vector<ByteRange>& ranges) const {
    for (size_t i = first; i < errors.size(); ++i) {
      const std::string_view payload = batch_->payload(errors[i].row);
      std::memcpy(memory + written, payload.data(), payload.size());
      ranges[errors[i].row] = {static_cast<uint32_t>(written),
                               static_cast<uint32_t>(written + payload.size())};
      written += payload.size();
      memory[written++] = '\n';
    }
    return written;
  }

  void ChangeColumns(const CompiledEdits& edits, Rows rows) {
    spans_stale_ = true;
    for (const ColumnChange& change : edits.changes) {
      ValueColumn& column = columns_.values[change.column];
      switch (change.kind) {
        case ColumnChange::Kind::kTake:
          Take(edits.edits[change.source].value, rows, change.column);
          break;
        case ColumnChange::Kind::kMove: {
          const ValueColumn& from = columns_.values[change.source];
          for (uint32_t row : rows) {
            if (from.tag(row) == ValueTag::kMissing) continue;
            column.SetFrom(row, from, row);
          }
          break;
        }
        case ColumnChange::Kind::kMissing:
          for (uint32_t row : rows) column.SetTag(row, ValueTag::kMissing);
          break;
        case ColumnChange::Kind::kStale:
          stale_[change.column] = true;
          break;
      }
    }
  }

  void Take(RuleId rule, Rows rows, uint32_t column) {
    const ValueNodePtr& node = rules_->rules[rule.index].value;
    const ValueColumn* constant = node != nullptr ? node->constant() : nullptr;
    const ValueColumn& from = constant ? *constant : results_[rule.index];
    for (uint32_t row : rows) {
      const uint32_t source = constant ? 0 : row;
      columns_.values[column].SetFrom(row, from, source);
      // These read back from JSON as something else.
      const ValueTag tag = from.tag(source);
      if (tag == ValueTag::kOther || tag == ValueTag::kUint) {
        stale_[column] = true;
      }
    }
  }

  void SwapBatch(SharedBytes blob, std::vector<ByteRange> ranges) {
    EventBatch::Columns columns = batch_->columns();
    columns.payload.blob = std::move(blob);
    columns.payload.ranges =
        std::make_shared<const std::vector<ByteRange>>(std::move(ranges));
    columns.payload.json_index = nullptr;
    // Columns still refer to the texts of the batch before.
    before_edits_.push_back(std::exchange(
        batch_, std::make_shared<const EventBatch>(std::move(columns))));
    index_ = nullptr;
    evaluator_ready_ = false;
  }

  const std::shared_ptr<const RuleSet> rules_;
  EventBatchPtr batch_;
  std::vector<EventBatchPtr> before_edits_;

  // The structure of the batch's payloads; null: not known yet.
  const JsonIndex* index_ = nullptr;
  PayloadIndexer indexer_;
  std::vector<JsonError> json_errors_;

  PathReader reader_;
  PathColumns columns_;
  bool columns_ready_ = false;
  bool spans_stale_ = false;
  std::vector<bool> stale_;  // By column: not what the payloads hold.
  std::vector<bool> read_;   // By row.
  Selection unread_;

  TextArena texts_;
  AttributeColumns attributes_;
  bool attributes_ready_ = false;
  VectorRun run_;
  std::vector<Truth> truth_;
  Selection split_;
  RowEvaluator evaluator_;
  bool evaluator_ready_ = false;
  std::vector<ValueColumn> results_;  // By rule.

  std::vector<Splicer> splicers_;  // By edits.
  std::vector<std::vector<std::string_view>> new_texts_;
  std::vector<NewValues> new_values_;
  std::vector<ByteRange> ends_;
  std::string json_;
};

Frame::Frame(std::shared_ptr<const RuleSet> rules)
    : impl_(std::make_unique<Impl>(std::move(rules))) {}
Frame::~Frame() = default;

void Frame::Reset(EventBatchPtr batch) { impl_->Reset(std::move(batch)); }

const EventBatchPtr& Frame::batch() const { return impl_->batch(); }

void Frame::Test(RuleId condition, const Selection& rows, Selection& matching,
                 Selection& others, RowErrors& errors) {
  impl_->Test(condition, rows, matching, others, errors);
}

const ValueColumn& Frame::Evaluate(RuleId expression, const Selection& rows,
                                   RowErrors& errors) {
  return impl_->Evaluate(expression, rows, errors);
}

void Frame::Apply(EditId edits, const Selection& rows, RowErrors& errors) {
  impl_->Apply(edits, rows, errors);
}

void Frame::Replace(EventBatchPtr batch) { impl_->Replace(std::move(batch)); }

}  // namespace phoenix
