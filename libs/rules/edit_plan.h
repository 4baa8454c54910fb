#ifndef LIBS_RULES_EDIT_PLAN_H_
#define LIBS_RULES_EDIT_PLAN_H_

#include <vector>

#include "libs/json/path_set.h"
#include "libs/json/splicer.h"
#include "libs/rules/compiled_rules.h"
#include "libs/rules/rule_set.h"

namespace phoenix {

// The edits with their paths read. What is wrong, conflicts between edits among
// it, is added to `errors` with the number of the edit.
std::vector<JsonEdit> ParseEdits(const std::vector<PayloadEdit>& edits,
                                 std::vector<EditError>& errors);

// What the edits make of the columns of `paths`, so that the new payloads need
// not be parsed to know them; columns that stay as they are have no entry.
std::vector<ColumnChange> PlanChanges(const std::vector<JsonEdit>& edits,
                                      const PathSet& paths);

}  // namespace phoenix

#endif  // LIBS_RULES_EDIT_PLAN_H_
