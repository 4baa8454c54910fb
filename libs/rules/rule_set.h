#ifndef LIBS_RULES_RULE_SET_H_
#define LIBS_RULES_RULE_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace phoenix {

// Names a rule of a RuleSet.
struct RuleId {
  uint32_t index = 0;
};

// Names a payload edit (a `map` step) of a RuleSet.
struct EditId {
  uint32_t index = 0;
};

// What is wrong with the text of a rule. `offset` counts bytes from the
// beginning of the rule's text.
struct RuleError {
  size_t offset = 0;
  std::string message;
};

// What an expression must result in. What its type tells, and its value when it
// reads nothing of the event, is checked when it is added; all else row by row
// by whoever uses the result.
enum class RuleResult {
  kAny,
  kBool,
  kNumber,  // A finite one.
  kKey,     // Text, a finite number or a bool.
  kJson,    // What JSON has a form for: no number that is not finite.
};

// One change of a payload. Paths are written as in rules: `data.a.b`.
struct PayloadEdit {
  enum class Kind { kSet, kRemove, kRename };
  Kind kind = Kind::kSet;
  std::string path;      // What is set, removed or renamed.
  std::string new_path;  // kRename: the path afterwards.
  RuleId value{};        // kSet: the rule whose result is the new value.
};

// What is wrong with one edit of several.
struct EditError {
  size_t edit = 0;  // Its index.
  RuleError error;
  // The index of the edit that it does not go with, when that is what is wrong.
  std::optional<size_t> other{};
};

// How a rule will run, for `phoenix check`.
struct RulePlan {
  std::string text;
  bool vectorised = false;         // False: row by row, by the evaluator.
  std::string fallback_reason;     // Why not, when not.
  std::vector<std::string> paths;  // The payload paths that it reads.
  bool can_fail = false;           // May err on data (missing field, type).
  // Parts that fail whenever they are evaluated, which is not always.
  std::vector<RuleError> warnings;
};

// All rules of one pipeline, compiled together: the payload paths that any of
// them reads are fetched by one pass over each payload, and a pipeline that
// reads no payload parses none. Immutable; thread-safe; evaluated by Frame
// (frame.h), one a thread.
class RuleSet;

// Collects rules and compiles them. One thread; used once.
//
// Rules see `data` (the payload as JSON; dynamic), and as strings the
// attributes `id`, `source`, `type`, `subject`, `datacontenttype`,
// `dataschema`, as a timestamp `time`, and every extension attribute as
// `ext.<name>`. A rule that reads an attribute that an event lacks, or a field
// that a payload lacks, errs for that event.
class RuleSetBuilder {
 public:
  RuleSetBuilder();
  ~RuleSetBuilder();
  RuleSetBuilder(const RuleSetBuilder&) = delete;
  RuleSetBuilder& operator=(const RuleSetBuilder&) = delete;

  // Adds an expression that must be of type bool (or dynamic). On failure
  // `errors` receives what is wrong, at least one entry, and the returned id
  // must not be used.
  RuleId AddCondition(std::string_view text, std::vector<RuleError>& errors);

  // Adds an expression that must give `result`. Errors as of AddCondition.
  RuleId AddExpression(std::string_view text, std::vector<RuleError>& errors,
                       RuleResult result = RuleResult::kAny);

  // Adds edits that are applied together, in order, to each payload; all of
  // their values are computed from the payload as it was before.
  EditId AddEdits(std::vector<PayloadEdit> edits,
                  std::vector<EditError>& errors);

  // Ends the collection. Fails only when a rule failed before.
  absl::StatusOr<std::shared_ptr<const RuleSet>> Build();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The plan of every rule, in the order in which they were added.
std::vector<RulePlan> DescribeRules(const RuleSet& rules);

}  // namespace phoenix

#endif  // LIBS_RULES_RULE_SET_H_
