#ifndef LIBS_RULES_RULE_SET_H_
#define LIBS_RULES_RULE_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

// One change of a payload. Paths are written as in rules: `data.a.b`.
struct PayloadEdit {
  enum class Kind { kSet, kRemove, kRename };
  Kind kind = Kind::kSet;
  std::string path;      // What is set, removed or renamed.
  std::string new_path;  // kRename: the path afterwards.
  RuleId value{};        // kSet: the rule whose result is the new value.
};

// How a rule will run, for `phoenix check`.
struct RulePlan {
  std::string text;
  bool vectorised = false;         // False: row by row, by the evaluator.
  std::string fallback_reason;     // Why not, when not.
  std::vector<std::string> paths;  // The payload paths that it reads.
  bool can_fail = false;           // May err on data (missing field, type).
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

  // Adds an expression of any type.
  RuleId AddExpression(std::string_view text, std::vector<RuleError>& errors);

  // Adds edits that are applied together, in order, to each payload; all of
  // their values are computed from the payload as it was before. `errors[i]`
  // belongs to `edits[errors[i].first]`.
  EditId AddEdits(std::vector<PayloadEdit> edits,
                  std::vector<std::pair<size_t, RuleError>>& errors);

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
