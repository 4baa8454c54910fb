#include "tools/phoenix/dlq/letter_condition.h"

#include <optional>
#include <string>
#include <utility>

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/cel/activation.h"
#include "libs/cel/arena.h"
#include "libs/cel/checker.h"
#include "libs/cel/environment.h"
#include "libs/cel/parser.h"
#include "libs/cel/standard_functions.h"
#include "libs/cel/type.h"
#include "libs/cel/value.h"
#include "libs/component/dead_letter_reader.h"
#include "libs/rules/rule_environment.h"

namespace phoenix {
namespace {

using cel::Value;

constexpr std::string_view kTexts[] = {"error.code", "error.message",
                                       "component", "revision"};
constexpr std::string_view kInts[] = {"attempts", "line", "number"};
constexpr std::string_view kTimes[] = {"first_failed", "last_failed"};

template <typename Names>
void Declare(const Names& names, cel::TypeKind kind,
             cel::Environment& environment) {
  for (const std::string_view name : names) {
    // They are distinct, among themselves and from those of rules.
    environment.AddVariable(std::string(name), kind).IgnoreError();
  }
}

const cel::Environment* NewEnvironment() {
  static cel::Environment environment(cel::StandardFunctions());
  DeclareRuleVariables(environment);
  Declare(kTexts, cel::TypeKind::kString, environment);
  Declare(kInts, cel::TypeKind::kInt, environment);
  Declare(kTimes, cel::TypeKind::kTimestamp, environment);
  return &environment;
}

// Lives for ever.
const cel::Environment& LetterEnvironment() {
  static const cel::Environment* const environment = NewEnvironment();
  return *environment;
}

// What is known of one failure.
class FailureFacts : public cel::Activation {
 public:
  explicit FailureFacts(const StoredDeadLetter& stored) : stored_(stored) {}

  std::optional<Value> Find(const cel::Variable& variable,
                            cel::Arena&) const override {
    const DeadLetter& letter = stored_.letter;
    const std::string& name = variable.name;
    if (name == "error.code") return Value::String(letter.error_code);
    if (name == "error.message") return Value::String(letter.error_message);
    if (name == "component") return Value::String(letter.component);
    if (name == "revision") return Value::String(letter.revision);
    if (name == "attempts") return Value::Int(letter.attempts);
    if (name == "line") return Value::Int(letter.position.line);
    if (name == "number") return Value::Int(stored_.number);
    if (name == "first_failed") return Value::Timestamp(stored_.first_failed);
    if (name == "last_failed") return Value::Timestamp(letter.time);
    return std::nullopt;
  }

 private:
  const StoredDeadLetter& stored_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LetterCondition>> LetterCondition::Create(
    std::string_view text) {
  PHOENIX_ASSIGN_OR_RETURN(cel::Ast ast, cel::Parse(text));
  cel::CheckOptions options;
  options.promote_dyn_arithmetic = true;
  options.expected_type = cel::TypeKind::kBool;
  PHOENIX_ASSIGN_OR_RETURN(
      auto checked, cel::Check(std::move(ast), LetterEnvironment(), options));
  const auto position = checked->ast().PositionOf(checked->ast().root());
  PHOENIX_ASSIGN_OR_RETURN(
      auto program,
      cel::Program::Create(std::move(checked),
                           {.promote_dyn_arithmetic = true, .limits = {}}));
  return std::unique_ptr<LetterCondition>(
      new LetterCondition(std::move(program), position));
}

absl::Status LetterCondition::Apply(std::vector<StoredDeadLetter>& letters) {
  if (letters.empty()) return absl::OkStatus();
  std::vector<DeadLetter> parts;
  parts.reserve(letters.size());
  for (const StoredDeadLetter& stored : letters) {
    parts.push_back(stored.letter);
  }
  PHOENIX_ASSIGN_OR_RETURN(EventBatchPtr events, MakeFailedEvents(parts, 0));
  evaluator_.Reset(std::move(events), nullptr);
  uint32_t row = 0;
  std::vector<StoredDeadLetter> chosen;
  for (StoredDeadLetter& stored : letters) {
    PHOENIX_ASSIGN_OR_RETURN(const bool holds, Holds(stored, row++));
    if (holds) chosen.push_back(std::move(stored));
  }
  letters = std::move(chosen);
  return absl::OkStatus();
}

absl::StatusOr<bool> LetterCondition::Holds(const StoredDeadLetter& letter,
                                            uint32_t row) {
  const FailureFacts facts(letter);
  const Value value = evaluator_.Evaluate(*program_, row, &facts);
  if (value.is_bool()) return value.bool_value();
  if (!value.is_error()) {
    return cel::ToStatus(
        {{position_,
          Cat("expression is of type '", cel::TypeNameOf(value),
              "' for dead letter ", letter.number, ", expected 'bool'")}});
  }
  ++without_value_;
  return false;
}

}  // namespace phoenix
