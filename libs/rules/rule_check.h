#ifndef LIBS_RULES_RULE_CHECK_H_
#define LIBS_RULES_RULE_CHECK_H_

#include <vector>

#include "libs/cel/program.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// Finds what can be told of a rule without an event: a result of another type
// than `result` asks for, and parts that read nothing of the event and fail.
// What goes wrong for every event is added to `errors`, what may be passed by
// to `warnings`. Offsets are those of the rule's text.
void CheckRule(const cel::Program& program, RuleResult result,
               std::vector<RuleError>& errors,
               std::vector<RuleError>& warnings);

}  // namespace phoenix

#endif  // LIBS_RULES_RULE_CHECK_H_
