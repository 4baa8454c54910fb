#include "libs/rules/differential.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "libs/event/string_column.h"
#include "libs/json/text_arena.h"
#include "libs/rules/compiled_rules.h"
#include "libs/rules/frame.h"
#include "libs/rules/json_writer.h"
#include "libs/rules/row_evaluator.h"
#include "libs/rules/rule_generator.h"
#include "libs/rules/rules_testing.h"

namespace phoenix {
namespace {

constexpr uint32_t kRows = 6;

EventBatchPtr GenerateBatch(RuleGenerator& generator) {
  std::vector<std::string> payloads;
  for (uint32_t row = 0; row < kRows; ++row) {
    payloads.push_back(generator.Payload());
  }
  EventBatch::Columns columns = PayloadColumns(payloads);
  const auto set = [&](Attribute attribute, StringColumn column) {
    columns.attributes[static_cast<size_t>(attribute)] = std::move(column);
  };
  set(Attribute::kId, StringColumn::Sequence("a", 9));
  set(Attribute::kSource, StringColumn::Constant("ab"));
  const ByteRange null = StringColumn::kNullRange;
  const StringColumn texts = StringColumn::Ranges(
      SharedBytes::FromString("ab"), {{0, 1}, null, {0, 2}, {1, 2}, null, {}});
  set(Attribute::kSubject, texts);
  columns.extensions.push_back({"region", texts});
  return std::make_shared<const EventBatch>(std::move(columns));
}

// The general evaluator's word on single rows.
class Oracle {
 public:
  Oracle(const RuleSet& rules, EventBatchPtr batch) : rules_(rules) {
    evaluator_.Reset(std::move(batch), nullptr);
  }

  std::string Test(RuleId id, uint32_t row) {
    const cel::Program& program = *rules_.rules[id.index].program;
    const cel::Value value = evaluator_.Evaluate(program, row);
    if (value.is_bool()) return value.bool_value() ? "true" : "false";
    if (!value.is_error()) return "no bool";
    return ErrorText(RowEvaluator::StatusOf(program, value));
  }

  std::string Evaluate(RuleId id, uint32_t row) {
    const cel::Program& program = *rules_.rules[id.index].program;
    const cel::Value value = evaluator_.Evaluate(program, row);
    if (value.is_error()) {
      return ErrorText(RowEvaluator::StatusOf(program, value));
    }
    ValueColumn column;
    column.Reset(1);
    const absl::Status status =
        SetValue(column, 0, value, evaluator_.arena(), texts_);
    if (!status.ok()) return "json";  // It is there, but can't be written.
    return Describe(column, 0);
  }

  static std::string ErrorText(const absl::Status& status) {
    return "error: " + std::string(status.message());
  }

  // Objects and arrays are compared where something reads them: here they may
  // stand as they were written or anew.
  static std::string Describe(const ValueColumn& column, uint32_t row) {
    if (column.tag(row) == ValueTag::kJson) return "json";
    if (column.tag(row) == ValueTag::kDouble &&
        std::isnan(column.AsDouble(row))) {
      return "double nan";
    }
    return DescribeValue(column, row);
  }

 private:
  const RuleSet& rules_;
  RowEvaluator evaluator_;
  TextArena texts_;
};

class Differential {
 public:
  explicit Differential(std::string_view bytes) : generator_(bytes) {}

  DifferentialRun Run() {
    // The small first, lest the large leave no bytes for it.
    for (auto& step : steps_) step = {generator_.Edit(), generator_.Edit()};
    const EventBatchPtr batch = GenerateBatch(generator_);
    AddRules();
    auto rules = builder_.Build();
    if (!rules.ok()) return std::move(run_);
    rules_ = *std::move(rules);
    Frame frame(rules_);
    frame.Reset(batch);
    SelectAll(kRows, rows_);
    Compare(frame);
    for (const EditId edit : edits_) {
      RowErrors errors;
      frame.Apply(edit, rows_, errors);
      ++run_.edits;
      if (generator_.done()) rows_.resize(kRows - 1);
      Compare(frame);
    }
    return std::move(run_);
  }

 private:
  static constexpr int kRules = 3;

  // A rule that is refused would spoil the whole set, so it is tried alone.
  static bool IsRule(const std::string& text, bool is_condition) {
    RuleSetBuilder builder;
    std::vector<RuleError> errors;
    if (is_condition) {
      builder.AddCondition(text, errors);
    } else {
      builder.AddExpression(text, errors);
    }
    return errors.empty();
  }

  void AddRules() {
    std::vector<RuleError> errors;
    for (int i = 0; i < kRules; ++i) {
      const std::string condition = generator_.Condition();
      if (IsRule(condition, true)) {
        conditions_.push_back(builder_.AddCondition(condition, errors));
      }
      const std::string expression = generator_.Expression();
      if (IsRule(expression, false)) {
        expressions_.push_back(builder_.AddExpression(expression, errors));
      }
    }
    for (auto& step : steps_) AddEdits(std::move(step));
  }

  // Adds a step; of edits that meet, the first.
  void AddEdits(std::vector<PayloadEdit> edits) {
    if (expressions_.empty()) return;
    for (size_t i = 0; i < edits.size(); ++i) {
      edits[i].value = expressions_[i % expressions_.size()];
    }
    while (!edits.empty() && !AreEdits(edits)) edits.pop_back();
    std::vector<EditError> errors;
    edits_.push_back(builder_.AddEdits(std::move(edits), errors));
  }

  static bool AreEdits(const std::vector<PayloadEdit>& edits) {
    std::vector<EditError> errors;
    RuleSetBuilder().AddEdits(edits, errors);
    return errors.empty();
  }

  void Compare(Frame& frame) {
    Oracle oracle(*rules_, frame.batch());
    for (const RuleId id : conditions_) {
      for (const auto& [row, outcome] : Test(frame, id)) {
        Expect(frame, id, row, outcome, oracle.Test(id, row));
      }
    }
    for (const RuleId id : expressions_) {
      for (const auto& [row, outcome] : Evaluate(frame, id)) {
        Expect(frame, id, row, outcome, oracle.Evaluate(id, row));
      }
    }
  }

  std::map<uint32_t, std::string> Test(Frame& frame, RuleId id) {
    Selection matching, others;
    RowErrors errors;
    frame.Test(id, rows_, matching, others, errors);
    std::map<uint32_t, std::string> outcomes;
    for (const uint32_t row : rows_) outcomes[row];
    for (const uint32_t row : matching) outcomes[row] += "true";
    for (const uint32_t row : others) outcomes[row] += "false";
    for (const RowError& error : errors) {
      outcomes[error.row] += Oracle::ErrorText(error.status);
    }
    for (auto& [row, outcome] : outcomes) {
      if (outcome.rfind("error: the condition is of type", 0) == 0) {
        outcome = "no bool";
      }
    }
    return outcomes;
  }

  std::map<uint32_t, std::string> Evaluate(Frame& frame, RuleId id) {
    RowErrors errors;
    const ValueColumn& column = frame.Evaluate(id, rows_, errors);
    std::map<uint32_t, std::string> outcomes;
    for (const uint32_t row : rows_) {
      outcomes[row] = Oracle::Describe(column, row);
    }
    for (const RowError& error : errors) {
      const bool is_json =
          error.status.message().find("in '") == std::string_view::npos;
      outcomes[error.row] = is_json ? "json" : Oracle::ErrorText(error.status);
    }
    return outcomes;
  }

  void Expect(Frame& frame, RuleId id, uint32_t row, const std::string& actual,
              const std::string& expected) {
    ++run_.rules;
    run_.vectorised += rules_->rules[id.index].vectorised();
    if (actual == expected || !run_.difference.empty()) return;
    run_.difference = "rule: " + rules_->rules[id.index].text +
                      "\nrow: " + std::to_string(row) +
                      "\npayload: " + std::string(frame.batch()->payload(row)) +
                      "\nframe: " + actual + "\nevaluator: " + expected +
                      "\nafter edits: " + std::to_string(run_.edits);
    for (int i = 0; i < run_.edits; ++i) {
      for (const PayloadEdit& edit : rules_->edits[i].edits) {
        run_.difference += "\nedit: " + edit.path + " -> " + edit.new_path +
                           " = " +
                           (edit.kind == PayloadEdit::Kind::kSet
                                ? rules_->rules[edit.value.index].text
                                : "");
      }
    }
  }

  RuleGenerator generator_;
  RuleSetBuilder builder_;
  std::shared_ptr<const RuleSet> rules_;
  std::vector<RuleId> conditions_;
  std::vector<RuleId> expressions_;
  std::array<std::vector<PayloadEdit>, 2> steps_;
  std::vector<EditId> edits_;
  Selection rows_;
  DifferentialRun run_;
};

}  // namespace

DifferentialRun RunDifferential(std::string_view bytes) {
  return Differential(bytes).Run();
}

}  // namespace phoenix
